import { expect, test } from "bun:test";
import { ByteBudget } from "./byte-budget.ts";

const { signal } = new AbortController();

test("bytes are lent until they are released, first come, first served", async () => {
  const budget = new ByteBudget(100);
  const order: string[] = [];
  const reserve = (name: string, bytes: number) =>
    budget.reserve(bytes, signal).then((release) => {
      order.push(name);
      return release;
    });
  const first = await reserve("first", 60);
  const large = reserve("large", 50);
  const small = reserve("small", 10);
  expect([order, budget.usedBytes]).toEqual([["first"], 60]);
  first();
  first();
  const releases = await Promise.all([large, small]);
  expect([order, budget.usedBytes]).toEqual([["first", "large", "small"], 60]);
  for (const release of releases) release();
  expect(budget.usedBytes).toBe(0);
});

test("what is larger than the budget gets all of it, alone", async () => {
  const budget = new ByteBudget(100);
  const small = await budget.reserve(1, signal);
  const large = budget.reserve(1_000, signal);
  small();
  const release = await large;
  expect(budget.usedBytes).toBe(100);
  release();
  expect(budget.usedBytes).toBe(0);
});

test("one whose signal aborts gets nothing, and lets those behind it pass", async () => {
  const budget = new ByteBudget(100);
  await budget.reserve(60, signal);
  const caller = new AbortController();
  const aborted = budget.reserve(50, caller.signal);
  const behind = budget.reserve(40, signal);
  caller.abort(new Error("cancelled"));
  await expect(aborted).rejects.toThrow("cancelled");
  await behind;
  expect(budget.usedBytes).toBe(100);
});
