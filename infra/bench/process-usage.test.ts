import { expect, test } from "bun:test";
import { parseStat, readUsage, readUsages } from "./process-usage.ts";

/** Fields 3 to 24 of proc_pid_stat(5), each the number of its field. */
const fields = Array.from({ length: 22 }, (_, i) => i + 3).join(" ");

test("parent, CPU time with that of ended children, and pages are read from their fields", () => {
  const ticks = 14 + 15 + 16 + 17;
  expect(parseStat(`4711 (bun) ${fields}`)).toEqual({ pid: 4711, parent: 4, ticks, pages: 24 });
});

test("a process may call itself anything, parentheses and spaces included", () => {
  const plain = parseStat(`4711 (bun) ${fields}`);
  for (const name of ["a b", "a) S 1 2", "((", "1 (2) 3"]) {
    expect(parseStat(`4711 (${name}) ${fields}`)).toEqual(plain);
  }
});

test("a process has memory, and has used CPU once it has worked", () => {
  const before = readUsage(process);
  const until = process.cpuUsage().user + 50_000;
  while (process.cpuUsage().user < until) JSON.stringify(fields);
  const after = readUsage(process);
  expect(after.cpuMs - before.cpuMs).toBeGreaterThanOrEqual(20);
  expect(after.rssMb).toBeWithin(5, 5_000);
});

test("children count with their parent, and a group without processes is nothing", async () => {
  const child = Bun.spawn(["sleep", "60"]);
  const [group, own, none] = readUsages([process, child, { pid: -1 }]);
  child.kill();
  await child.exited;
  expect(own?.rssMb).toBeGreaterThan(0);
  expect(group?.rssMb).toBeGreaterThan(own?.rssMb ?? 0);
  expect(none).toEqual({ cpuMs: 0, rssMb: 0 });
});
