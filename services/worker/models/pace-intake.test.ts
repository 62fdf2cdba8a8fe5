import { expect, test } from "bun:test";
import { until } from "#lib/testing/until.ts";
import { paceIntake } from "./pace-intake.ts";

function setUp() {
  const guards = [
    { capacity: 100, quietUntil: 0 },
    { capacity: 100, quietUntil: 0 },
  ] as const satisfies readonly { capacity: number; quietUntil: number }[];
  const [a, b] = structuredClone(guards);
  const told: number[] = [];
  const update = paceIntake([a, b], (calls) => told.push(calls), { now: () => Date.now() });
  return { a: Object.assign(a), b: Object.assign(b), told, update };
}

test("what all models together can take is taken, and nothing while none can", () => {
  const { a, b, told, update } = setUp();
  update();
  a.capacity = 0;
  update();
  b.capacity = 50;
  update();
  b.capacity = 0;
  update();
  update();
  expect(told).toEqual([100, 50, 0]);
});

test("narrows at once and widens in steps that are worth it", () => {
  const { a, b, told, update } = setUp();
  const set = (calls: number) => {
    a.capacity = calls;
    update();
  };
  b.capacity = 0;
  set(40);
  set(39);
  for (const calls of [40, 44, 48, 49, 60, 61, 62, 99]) set(calls);
  b.capacity = 100;
  set(99);
  set(100);
  expect(told).toEqual([40, 39, 49, 62, 99, 199, 200]);
});

test("comes back by itself when a model's rest is over", async () => {
  const { a, b, told, update } = setUp();
  a.capacity = 0;
  b.capacity = 0;
  b.quietUntil = Date.now() + 20;
  update();
  b.capacity = 1;
  await until(() => told.length === 2);
  expect(told).toEqual([0, 1]);
  expect(Date.now()).toBeGreaterThan(b.quietUntil);
});
