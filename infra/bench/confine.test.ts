import { afterAll, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { confine } from "./confine.ts";

const folder = mkdtempSync(join(tmpdir(), "eco2-confine-"));
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true }));
const isPossible = process.getuid?.() === 0 && Bun.which("unshare") && Bun.which("setpriv");

test.skipIf(!isPossible)(
  "a confined program is user 1000, writes to its folder alone, and has its limit",
  () => {
    const say =
      'id -u; touch "$1/in" && echo in; touch "$2" 2>/dev/null || echo out; grep CapEff /proc/self/status';
    const limitBytes = 64 * 2 ** 20;
    const program = ["sh", "-c", say, "sh", join(folder, "own"), join(folder, "other")];
    const { command, peakMb, remove } = confine("test", program, {
      limitBytes,
      writable: [join(folder, "own")],
    });
    const { stdout, stderr, exitCode } = Bun.spawnSync([...command]);
    expect([exitCode, stderr.toString()]).toEqual([0, ""]);
    expect(stdout.toString().split("\n").slice(0, 3)).toEqual(["1000", "in", "out"]);
    expect(stdout.toString()).toMatch(/CapEff:\t0+\n/);
    expect(peakMb()).toBeWithin(0.1, limitBytes / 1e6);
    remove();
  },
);

test.skipIf(!isPossible)("one that takes more than its limit is killed", () => {
  const hog = [
    process.execPath,
    "-e",
    "const all = []; for (;;) all.push(new Uint8Array(1e7).fill(1));",
  ];
  const { command, remove } = confine("test", hog, { limitBytes: 64 * 2 ** 20, writable: [] });
  // Where the runtime is installed for root alone, it cannot be run at all.
  expect(Bun.spawnSync([...command]).exitCode).not.toBe(0);
  remove();
});
