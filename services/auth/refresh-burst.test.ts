import { expect, test } from "bun:test";
import { RefreshBursts } from "./refresh-burst.ts";

test("a burst goes on for as long as its requests overlap, and is over when the last has left", () => {
  const bursts = new RefreshBursts();
  const first = bursts.join("a", 1);
  const second = bursts.join("a", 2);
  first.leave();
  const third = bursts.join("a", 3);
  expect([first.since, second.since, third.since]).toEqual([1, 1, 1]);
  second.leave();
  third.leave();
  expect(bursts.join("a", 4).since).toBe(4);
});

test("a burst is of one token", () => {
  const bursts = new RefreshBursts();
  bursts.join("a", 1);
  expect(bursts.join("b", 2).since).toBe(2);
});

test("a burst that never pauses is over after half a minute, and then another begins", () => {
  const bursts = new RefreshBursts();
  const first = bursts.join("a", 0);
  expect(bursts.join("a", 30_000).since).toBe(0);
  const next = bursts.join("a", 30_001);
  expect(next.since).toBe(30_001);
  // Whoever leaves the one that is over does not end the other.
  first.leave();
  expect(bursts.join("a", 30_002).since).toBe(30_001);
});
