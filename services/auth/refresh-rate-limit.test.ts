import { expect, test } from "bun:test";
import { exhaustedRefreshes, RefreshRateLimit } from "./refresh-rate-limit.ts";

test("a user in a loop is limited until the minute is over, and other users are not", () => {
  const limit = new RefreshRateLimit();
  let refreshes = 0;
  for (; !limit.isReached("ann", 60_000) && refreshes < 1_000; refreshes++)
    limit.count("ann", 60_000);
  expect(refreshes).toBe(60);
  expect([limit.isReached("ann", 119_999), limit.isReached("bob", 60_000)]).toEqual([true, false]);
  expect(limit.isReached("ann", 119_999 + exhaustedRefreshes(119_999).resetS * 1_000)).toBe(false);
});
