import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir, totalmem } from "node:os";
import { join } from "node:path";

/**
 * What a process takes for its memory is what its cgroup allows, in either version of them: libuv, inside of Bun, reads
 * the files. They are laid where it looks for them, in a mount namespace of the test's own.
 */
const folder = mkdtempSync(join(tmpdir(), "eco2-cgroup-"));
afterAll(() => rmSync(folder, { recursive: true }));
const main = join(folder, "main.ts");
await Bun.write(
  main,
  `import "${import.meta.dir}/set-runtime-limits.ts";
  console.log(process.env.BUN_JSC_forceRAMSize);`,
);

/** @param membership of the process, as `/proc/self/cgroup` has it; @param files below `/sys/fs/cgroup` */
function shell(membership: string, files: Readonly<Record<string, string>>): string {
  const own = join(folder, "membership");
  const written = Object.entries(files).map(
    ([path, text]) =>
      `mkdir -p $(dirname /sys/fs/cgroup/${path}) && echo ${text} > /sys/fs/cgroup/${path}`,
  );
  return [
    "set -e",
    "mount -t tmpfs none /sys/fs/cgroup",
    ...written,
    `echo '${membership}' > ${own}`,
    `mount --bind ${own} /proc/$$/cgroup`,
  ].join("\n");
}
const inNamespace = (script: string) =>
  Bun.spawnSync(["unshare", "--map-root-user", "--mount", "sh", "-c", script], {
    env: { PATH: process.env.PATH },
  });
const mayMount = Bun.which("unshare") !== null && inNamespace(shell("0::/", {})).success;
if (!mayMount) console.warn("no mount namespace may be made here: cgroups' files are not tried");

const mb = 1024 * 1024;
const v2 = "0::/";
const v1 = (path: string, limitMb: number | undefined) => {
  const unlimited = "9223372036854771712";
  const limit = limitMb === undefined ? unlimited : String(limitMb * mb);
  return {
    [`memory/${path}memory.limit_in_bytes`]: limit,
    [`memory/${path}memory.soft_limit_in_bytes`]: unlimited,
  };
};

type Case = [string, string, Readonly<Record<string, string>>, number | undefined];

test.skipIf(!mayMount).each([
  ["a container of version 2", v2, { "memory.max": String(512 * mb) }, 256 * mb],
  [
    "one with a softer limit",
    v2,
    { "memory.max": "max", "memory.high": String(512 * mb) },
    256 * mb,
  ],
  ["a slice of version 2", "0::/pod/it", { "pod/it/memory.max": String(512 * mb) }, 256 * mb],
  // Its own path is the host's, and its files lie at the root all the same.
  ["a container of version 1", "4:memory:/docker/it\n0::/", v1("", 512), 256 * mb],
  ["a group of version 1", "4:memory:/pod/it\n0::/", v1("pod/it/", 512), 256 * mb],
  ["no limit of version 2", v2, { "memory.max": "max" }, undefined],
  ["no limit of version 1", "4:memory:/\n0::/", v1("", undefined), undefined],
  ["no files at all", v2, {}, undefined],
] satisfies Case[])(
  "%s",
  (_, membership, files, ram) => {
    const run = `exec ${process.execPath} ${main}`;
    const { stdout, stderr } = inNamespace(`${shell(membership, files)}\n${run}`);
    expect(stderr.toString()).toBe("");
    const machine = Math.min(Math.floor(totalmem() / 2), 1_000_000_000);
    expect(Number(stdout.toString())).toBe(ram ?? machine);
  },
  30_000,
);
