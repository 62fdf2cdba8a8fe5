import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { acquireLock } from "./lock.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "eco2-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const quiet = () => {};
async function withLock<T>(run: () => Promise<T>): Promise<T> {
  using _ = await acquireLock(folder, quiet);
  return await run();
}

test("two that ask at once run one after the other", async () => {
  let inside = 0;
  let insideMax = 0;
  const work = async () => {
    insideMax = Math.max(insideMax, ++inside);
    await Bun.sleep(20);
    inside--;
  };
  await Promise.all([withLock(work), withLock(work)]);
  expect(insideMax).toBe(1);
});

test("a failure releases the lock", async () => {
  const failing = withLock(() => Promise.reject(new Error("no")));
  await expect(failing).rejects.toThrow("no");
  expect(await withLock(async () => "free")).toBe("free");
});

test("the lock of a killed process is free at once", async () => {
  const script = `
    const { acquireLock } = await import(${JSON.stringify(join(import.meta.dir, "lock.ts"))});
    using lock = await acquireLock(${JSON.stringify(folder)}, () => {});
    console.log("held");
    await Bun.sleep(60_000);`;
  const holder = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
  await holder.stdout.getReader().read();
  let entered = false;
  const mine = withLock(async () => {
    entered = true;
  });
  await Bun.sleep(150);
  expect(entered).toBe(false);
  holder.kill("SIGKILL");
  await mine;
  expect(entered).toBe(true);
});
