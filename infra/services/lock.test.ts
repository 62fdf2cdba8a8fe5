import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withLock } from "./lock.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "eco2-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const quiet = () => {};

test("two that ask at once run one after the other", async () => {
  let inside = 0;
  let insideMax = 0;
  const work = async () => {
    insideMax = Math.max(insideMax, ++inside);
    await Bun.sleep(20);
    inside--;
  };
  await Promise.all([withLock(folder, quiet, work), withLock(folder, quiet, work)]);
  expect(insideMax).toBe(1);
});

test("a failure releases the lock", async () => {
  const failing = withLock(folder, quiet, () => Promise.reject(new Error("no")));
  await expect(failing).rejects.toThrow("no");
  expect(await withLock(folder, quiet, async () => "free")).toBe("free");
});

test("the lock of a killed process is free at once", async () => {
  const script = `
    const { withLock } = await import(${JSON.stringify(join(import.meta.dir, "lock.ts"))});
    await withLock(${JSON.stringify(folder)}, () => {}, async () => {
      console.log("held");
      await Bun.sleep(60_000);
    });`;
  const holder = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
  await holder.stdout.getReader().read();
  let entered = false;
  const mine = withLock(folder, quiet, async () => {
    entered = true;
  });
  await Bun.sleep(150);
  expect(entered).toBe(false);
  holder.kill("SIGKILL");
  await mine;
  expect(entered).toBe(true);
});
