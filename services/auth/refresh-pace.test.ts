import { expect, test } from "bun:test";
import { paceResetMs, RefreshPace } from "./refresh-pace.ts";

test("a user in a loop is held up until the minute is over, and nobody else is", () => {
  const pace = new RefreshPace();
  let refreshes = 0;
  for (; pace.hasRoom("ann", 60_000) && refreshes < 1_000; refreshes++) pace.count("ann", 60_000);
  expect(refreshes).toBe(60);
  expect([pace.hasRoom("ann", 119_999), pace.hasRoom("bob", 60_000)]).toEqual([false, true]);
  expect(pace.hasRoom("ann", 119_999 + paceResetMs(119_999))).toBe(true);
});
