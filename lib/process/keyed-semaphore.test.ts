import { expect, test } from "bun:test";
import { createKeyedSemaphore } from "./keyed-semaphore.ts";

/** Work that begins, is listed, and ends when it is told to. */
function given(permits: number) {
  const withPermit = createKeyedSemaphore(permits);
  const started: string[] = [];
  const begin = (name: string, permitsMax: number, signal?: AbortSignal) => {
    const gate = Promise.withResolvers<void>();
    const shares = [{ key: name[0] ?? "", permitsMax }];
    const work = async () => {
      started.push(name);
      await gate.promise;
    };
    return { done: withPermit(shares, work, signal), end: gate.resolve, fail: gate.reject };
  };
  return { started, begin, withPermit };
}

test("a key has its share and no more, and others overtake what waits for it", async () => {
  const { started, begin } = given(3);
  const [a1, a2, a3] = [begin("a1", 2), begin("a2", 2), begin("a3", 2)];
  const [b1, b2] = [begin("b1", 2), begin("b2", 2)];
  expect(started).toEqual(["a1", "a2", "b1"]);
  b1.end();
  await b1.done;
  expect(started).toEqual(["a1", "a2", "b1", "b2"]);
  a1.end();
  await a1.done;
  expect(started.at(-1)).toBe("a3");
  for (const one of [a2, a3, b2]) one.end();
  await Promise.all([a2.done, a3.done, b2.done]);
});

test("of those that wait the key that holds least comes first", async () => {
  const { started, begin } = given(2);
  const [a1, a2, a3] = [begin("a1", 2), begin("a2", 2), begin("a3", 2)];
  const b1 = begin("b1", 2);
  a1.end();
  await a1.done;
  expect(started).toEqual(["a1", "a2", "b1"]);
  for (const one of [a2, a3, b1]) one.end();
  await Promise.all([a2.done, a3.done, b1.done]);
  expect(started.at(-1)).toBe("a3");
});

test("of one key the first comes first, and a failure returns its permit", async () => {
  const { started, begin } = given(1);
  const all = ["a1", "a2", "a3"].map((name) => begin(name, 1));
  all[0]?.fail(new Error("broken"));
  await expect(all[0]?.done).rejects.toThrow("broken");
  expect(started).toEqual(["a1", "a2"]);
  all[1]?.end();
  await all[1]?.done;
  all[2]?.end();
  await all[2]?.done;
  expect(started).toEqual(["a1", "a2", "a3"]);
});

test("work whose signal aborts while it waits never runs, and loses no permit", async () => {
  const { started, begin } = given(1);
  const first = begin("a1", 1);
  const caller = new AbortController();
  const second = begin("b1", 1, caller.signal);
  const third = begin("c1", 1);
  caller.abort(new Error("cancelled"));
  await expect(second.done).rejects.toThrow("cancelled");
  await expect(begin("d1", 1, caller.signal).done).rejects.toThrow("cancelled");
  first.end();
  await first.done;
  third.end();
  await third.done;
  expect(started).toEqual(["a1", "c1"]);
});

test("work with two keys needs a share of both", async () => {
  const { withPermit } = given(9);
  const shares = (...keys: string[]) => keys.map((key) => ({ key, permitsMax: 1 }));
  const gate = Promise.withResolvers<void>();
  let hasRun = false;
  const first = withPermit(shares("x", "y"), () => gate.promise);
  const second = withPermit(shares("z", "y"), async () => {
    hasRun = true;
  });
  await withPermit(shares("z"), async () => undefined);
  expect(hasRun).toBe(false);
  gate.resolve();
  await Promise.all([first, second]);
  expect(hasRun).toBe(true);
});

test("of lines with different first keys the one that waits longest comes first", async () => {
  const { withPermit } = given(1);
  const shares = (...keys: string[]) => keys.map((key) => ({ key, permitsMax: 9 }));
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const started: string[] = [];
  const begin = (name: string, at: number) =>
    withPermit(shares(...name), async () => {
      started.push(name);
      await gates[at]?.promise;
    });
  const all = ["xa", "xb", "yc", "xd"].map(begin);
  for (const [at, one] of all.entries()) {
    gates[at]?.resolve();
    await one;
  }
  expect(started).toEqual(["xa", "xb", "yc", "xd"]);
});
