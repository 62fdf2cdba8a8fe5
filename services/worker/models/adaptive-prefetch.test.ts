import { expect, test } from "bun:test";
import { until } from "#lib/testing/until.ts";
import { adaptPrefetch, type ModelCapacity } from "./adaptive-prefetch.ts";

function setUp(callsMax = 200) {
  const listeners: (() => void)[] = [];
  const source = () => ({
    capacity: 100,
    isUp: true,
    backoffUntil: 0,
    onChange: (listener: () => void) => void listeners.push(listener),
  });
  const [a, b] = [source(), source()];
  const prefetches: number[] = [];
  const ups: boolean[] = [];
  const setCapacity = ({ calls, isUp }: ModelCapacity) => {
    prefetches.push(calls);
    ups.push(isUp);
  };
  adaptPrefetch([a, b], { callsMax, setCapacity, clock: { now: () => Date.now() } });
  return { a, b, prefetches, ups, change: () => listeners[0]?.() };
}

test("what all models together take is prefetched, and nothing while none may be called", () => {
  const { a, b, prefetches, change } = setUp();
  change();
  a.capacity = 0;
  change();
  b.capacity = 50;
  change();
  b.capacity = 0;
  change();
  change();
  expect(prefetches).toEqual([200, 100, 50, 0]);
});

test("prefetches no more than can be called at once, from the start", () => {
  const { a, prefetches, change } = setUp(150);
  a.capacity = 80;
  change();
  a.capacity = 20;
  change();
  a.capacity = 60;
  change();
  expect(prefetches).toEqual([150, 120, 150]);
});

test("changes in steps that are worth it", () => {
  const { a, b, prefetches, change } = setUp();
  const set = (calls: number) => {
    a.capacity = calls;
    change();
  };
  b.capacity = 0;
  for (const calls of [40, 39, 33, 32, 39, 40, 49, 50, 99]) set(calls);
  b.capacity = 100;
  set(99);
  set(100);
  expect(prefetches).toEqual([200, 40, 32, 40, 50, 99, 199, 200]);
});

test("resumes by itself when a model's backoff is over", async () => {
  const { a, b, prefetches, change } = setUp();
  a.capacity = 0;
  b.capacity = 0;
  b.backoffUntil = Date.now() + 20;
  change();
  b.capacity = 1;
  await until(() => prefetches.length === 3);
  expect(prefetches).toEqual([200, 0, 1]);
  expect(Date.now()).toBeGreaterThan(b.backoffUntil);
});

test("tells probes from a model that takes little", () => {
  const { a, b, prefetches, ups, change } = setUp();
  b.capacity = 0;
  b.isUp = false;
  a.capacity = 1;
  change();
  a.isUp = false;
  change();
  a.isUp = true;
  change();
  expect(prefetches).toEqual([200, 1, 1, 1]);
  expect(ups).toEqual([true, true, false, true]);
});
