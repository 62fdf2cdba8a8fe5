import { expect, test } from "bun:test";
import { metered, readUsages, residentMb } from "./meter.ts";

test("CPU is what was used meanwhile, memory the most that was resident", async () => {
  const groups = [{ name: "own", pid: process.pid }];
  const [result, usage] = await metered(groups, async () => {
    const until = process.cpuUsage().user + 50_000;
    while (process.cpuUsage().user < until) JSON.stringify(groups);
    return "done";
  });
  expect([result, usage.map(({ name }) => name)]).toEqual(["done", ["own"]]);
  expect(usage[0]?.cpuMs).toBeWithin(20, 5_000);
  expect(usage[0]?.rssMb).toBeWithin(5, 5_000);
});

test("children count with their parent, and a group without processes is nothing", async () => {
  const child = Bun.spawn(["sleep", "60"]);
  const pids = [process.pid, child.pid, -1];
  const [group, own, none] = readUsages(pids.map((pid) => ({ name: "", pid })));
  const ownMb = residentMb(child);
  child.kill();
  await child.exited;
  expect(ownMb).toBeGreaterThan(0);
  expect(group?.rssMb).toBeGreaterThan(own?.rssMb ?? 0);
  expect(none).toEqual({ name: "", cpuMs: 0, rssMb: 0 });
});
