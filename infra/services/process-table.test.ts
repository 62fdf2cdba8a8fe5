import { afterEach, expect, test } from "bun:test";
import type { Subprocess } from "bun";
import {
  endProcesses,
  findProcesses,
  isSameProcess,
  parsePsLine,
  signalProcess,
  toRunningProcess,
} from "./process-table.ts";

const started: Subprocess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

/** A process that carries the marker as an argument, and ignores SIGTERM when told to. */
async function sleeper(marker: string, trap = "") {
  // Waits for input that never comes: a `sleep` would be a second process with the same marker.
  const script = `${trap} echo ready; while :; do read line; done`;
  const child = Bun.spawn(["sh", "-c", script, marker], { stdin: "pipe", stdout: "pipe" });
  started.push(child);
  await child.stdout.getReader().read();
  return child;
}

const marker = () => `eco2-test-${crypto.randomUUID()}`;

test("a process is found by its own marker and no other is", async () => {
  const [mine, other] = [marker(), marker()];
  const child = await sleeper(mine);
  await sleeper(other);
  expect(findProcesses([mine]).map(({ pid }) => pid)).toEqual([child.pid]);
  expect(findProcesses([marker()])).toEqual([]);
});

test("a pid that now belongs to another process is never signalled", async () => {
  const mine = marker();
  const child = await sleeper(mine);
  const [found] = findProcesses([mine]);
  if (!found) throw new Error("not found");
  expect(signalProcess({ ...found, startedAt: "1" }, "SIGKILL")).toBe(false);
  expect(signalProcess({ ...found, command: "redis-server /x" }, "SIGKILL")).toBe(false);
  expect(findProcesses([mine])).toHaveLength(1);
  expect(signalProcess(found, "SIGKILL")).toBe(true);
  await child.exited;
  expect(signalProcess(found, "SIGKILL")).toBe(false);
});

test("what does not end when asked is killed, and nothing is left", async () => {
  const mine = marker();
  const child = await sleeper(mine, "trap '' TERM;");
  expect(await endProcesses([mine], "SIGTERM", 100)).toBe(true);
  await child.exited;
  expect(child.signalCode).toBe("SIGKILL");
});

test("what drops the first signal is asked again before it is killed", async () => {
  const mine = marker();
  const child = await sleeper(mine, "trap 'trap \"exit 7\" TERM' TERM;");
  expect(await endProcesses([mine], "SIGTERM", 10_000)).toBe(true);
  expect(await child.exited).toBe(7);
});

test("ending what is not there succeeds at once", async () => {
  expect(await endProcesses([marker()], "SIGTERM", 1)).toBe(true);
});

const stat = (state: string) => ({
  ...{ pid: 42, state, parent: 1, ticks: 0, startedAt: "987654", pages: 1 },
});

test("a process is told by its pid, its start and its arguments", () => {
  const expected = { pid: 42, startedAt: "987654", command: "a b c" };
  expect(toRunningProcess(stat("S"), "a\0b c\0")).toEqual(expected);
});

test("zombies and kernel threads are not processes one could end", () => {
  expect(toRunningProcess(stat("Z"), "redis-server\0")).toBeUndefined();
  expect(toRunningProcess(stat("S"), "")).toBeUndefined();
});

test("the output of ps is read with its two forms of dates", () => {
  const command = "/opt/bin/redis-server /x y/redis.conf";
  for (const startedAt of ["Mon Jan  5 10:00:00 2026", "Mon Jan 15 10:00:00 2026"]) {
    expect(parsePsLine(`  501 ${startedAt}     ${command}`)).toEqual([
      { pid: 501, startedAt, command },
    ]);
  }
  expect(parsePsLine("")).toEqual([]);
});

test("same pid, other start: not the same process", () => {
  const one = { pid: 1, startedAt: "5", command: "a" };
  expect(isSameProcess(one, { ...one })).toBe(true);
  expect(isSameProcess(one, { ...one, startedAt: "6" })).toBe(false);
  expect(isSameProcess(one, { ...one, command: "b" })).toBe(false);
});
