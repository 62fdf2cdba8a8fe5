import { describe, expect, test } from "bun:test";
import { failingMsMax, retryDelaysMs, settle } from "./delivery.ts";

const refused = { failure: "status", status: 503 } as const;
const hourMs = 3_600_000;

describe("an attempt that fails", () => {
  test("comes again after 5 s, and ever later, up to a day", () => {
    expect([retryDelaysMs[0], retryDelaysMs.at(-1)]).toEqual([5_000, 24 * hourMs]);
    expect(retryDelaysMs).toEqual(retryDelaysMs.toSorted((a, b) => a - b));
    for (const [i, delayMs] of retryDelaysMs.entries()) {
      expect(settle({ attempts: i + 1 }, refused, 1_000, 0.5)).toEqual({
        status: "pending",
        nextAttemptAt: 1_000 + delayMs,
      });
    }
  });

  test("is the last one when no wait is left, which is when its webhook has failed for days", () => {
    const attempts = retryDelaysMs.length + 1;
    expect(settle({ attempts }, refused, 0, 0.5)).toEqual({ status: "failed", isGone: false });
    const sumMs = retryDelaysMs.reduce((sum, ms) => sum + ms, 0);
    expect(sumMs * 0.8).toBeLessThan(failingMsMax);
    expect(sumMs).toBeGreaterThan(failingMsMax);
  });

  test("is spread by a fifth to either side", () => {
    const at = (random: number) => settle({ attempts: 1 }, refused, 0, random);
    expect([at(0), at(1)]).toEqual([
      { status: "pending", nextAttemptAt: 4_000 },
      { status: "pending", nextAttemptAt: 6_000 },
    ]);
  });

  test("waits as long as the receiver asks, for a day at most", () => {
    const asked = (retryAfterMs: number) =>
      settle({ attempts: 1 }, { ...refused, retryAfterMs }, 0, 0.5);
    expect(asked(60_000)).toEqual({ status: "pending", nextAttemptAt: 60_000 });
    expect(asked(1)).toEqual({ status: "pending", nextAttemptAt: 5_000 });
    expect(asked(1e12)).toEqual({ status: "pending", nextAttemptAt: 24 * hourMs });
  });

  test("with 410 is the last one", () => {
    expect(settle({ attempts: 1 }, { failure: "status", status: 410 }, 0, 0.5)).toEqual({
      status: "failed",
      isGone: true,
    });
  });
});
