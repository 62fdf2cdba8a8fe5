import { afterEach, expect, test } from "bun:test";
import type { Subprocess } from "bun";
import {
  endProcesses,
  findProcesses,
  parseProcessStat,
  parsePsLine,
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

test("a process is told by its pid and its arguments", () => {
  const expected = { pid: 42, command: "a b c" };
  expect(toRunningProcess({ pid: 42, state: "S" }, "a\0b c\0")).toEqual(expected);
});

test("zombies and kernel threads are not processes one could end", () => {
  expect(toRunningProcess({ pid: 42, state: "Z" }, "redis-server\0")).toBeUndefined();
  expect(toRunningProcess({ pid: 42, state: "S" }, "")).toBeUndefined();
});

test("the output of ps is read line by line", () => {
  const command = "/opt/bin/redis-server /x y/redis.conf";
  expect(parsePsLine(`  501 ${command}`)).toEqual([{ pid: 501, command }]);
  expect(parsePsLine("")).toEqual([]);
});

/** Fields 3 to 24 of proc_pid_stat(5), each the number of its field. */
const fields = Array.from({ length: 22 }, (_, i) => i + 3).join(" ");
const expected = {
  ...{ pid: 4711, state: "3", parent: 4, ticks: 14 + 15 + 16 + 17 },
  pages: 24,
};

test.each(["bun", "a b", "a) S 1 2", "((", "1 (2) 3"])(
  "fields are read by their number, whatever the process is called: (%s)",
  (name) => {
    expect(parseProcessStat(`4711 (${name}) ${fields}`)).toEqual(expected);
  },
);
