import { expect, test } from "bun:test";
import { createRandom } from "./random.ts";

const draw = (seed: string) => {
  const random = createRandom(seed);
  return Array.from({ length: 50 }, () => random.int(1, 6));
};

test("the same seed draws the same, another seed something else", () => {
  expect(draw("1/worker-kill")).toEqual(draw("1/worker-kill"));
  expect(draw("1/worker-kill")).not.toEqual(draw("2/worker-kill"));
});

test("draws stay within their bounds and reach both", () => {
  expect([...new Set(draw("dice"))].sort()).toEqual([1, 2, 3, 4, 5, 6]);
});

test("what one part draws does not move what its fork gets", () => {
  const one = createRandom("a");
  one.next();
  expect(one.fork("load").next()).toBe(createRandom("a").fork("load").next());
});
