import { expect, test } from "bun:test";
import { nextRead, readsPerTurnMax } from "./next-read.ts";

test("between the replies of a beat comes what else there is to do", async () => {
  const order: string[] = [];
  const reads = Array.from({ length: 4 * readsPerTurnMax }, async (_, n) => {
    await nextRead();
    if (n === 0) setImmediate(() => order.push("other"));
    order.push("read");
  });
  await Promise.all(reads);
  expect(order.indexOf("other")).toBeGreaterThan(0);
  expect(order.indexOf("other")).toBeLessThanOrEqual(2 * readsPerTurnMax);
});

test("who waits again during a beat is read in the next one", async () => {
  const order: string[] = [];
  const reader = async (name: string) => {
    for (const turn of [1, 2]) {
      await nextRead();
      order.push(`${turn} ${name}`);
    }
  };
  const names = Array.from({ length: 2 * readsPerTurnMax }, (_, n) => `of ${n}`);
  await Promise.all(names.map(reader));
  expect(order).toEqual([1, 2].flatMap((turn) => names.map((name) => `${turn} ${name}`)));
});
