import { expect, test } from "bun:test";
import { ConcurrentRefreshWindows } from "./concurrent-refresh-windows.ts";

test("a window stays open while requests overlap, and closes when the last one leaves", () => {
  const windows = new ConcurrentRefreshWindows();
  const first = windows.enter("a", 1);
  const second = windows.enter("a", 2);
  first.leave();
  const third = windows.enter("a", 3);
  expect([first.openedAt, second.openedAt, third.openedAt]).toEqual([1, 1, 1]);
  second.leave();
  third.leave();
  expect(windows.enter("a", 4).openedAt).toBe(4);
});

test("a window belongs to one token", () => {
  const windows = new ConcurrentRefreshWindows();
  windows.enter("a", 1);
  expect(windows.enter("b", 2).openedAt).toBe(2);
});

test("a window without a gap closes after half a minute, and the next request opens another", () => {
  const windows = new ConcurrentRefreshWindows();
  const first = windows.enter("a", 0);
  expect(windows.enter("a", 30_000).openedAt).toBe(0);
  const next = windows.enter("a", 30_001);
  expect(next.openedAt).toBe(30_001);
  // A request that leaves the closed window does not close the new one.
  first.leave();
  expect(windows.enter("a", 30_002).openedAt).toBe(30_001);
});
