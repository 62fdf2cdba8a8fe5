import { beforeEach, describe, expect, test } from "bun:test";
import { type CallOutcome, CircuitBreaker } from "./circuit-breaker.ts";

describe("a circuit breaker", () => {
  let nowMs: number;
  let breaker: CircuitBreaker;
  beforeEach(() => {
    nowMs = 1_000_000;
    breaker = new CircuitBreaker({ now: () => nowMs });
  });
  const calls = (...outcomes: CallOutcome[]) => {
    for (const outcome of outcomes) breaker.tryAcquire()?.settle(outcome);
  };
  const fail = (times: number) => calls(...Array<CallOutcome>(times).fill("failed"));

  test("opens on five failures in a row, not on five with a response between them", () => {
    fail(4);
    calls("responded");
    fail(4);
    expect(breaker.state).toBe("closed");
    fail(1);
    expect(breaker.state).toBe("open");
    expect(breaker.capacity).toBe(0);
    expect(breaker.tryAcquire()).toBeUndefined();
  });

  test("permits one probe when its time is over, and no other call until the probe is settled", () => {
    fail(5);
    nowMs = breaker.openUntil - 1;
    expect(breaker.tryAcquire()).toBeUndefined();
    nowMs += 1;
    expect([breaker.state, breaker.capacity]).toEqual(["half-open", 1]);
    const probe = breaker.tryAcquire();
    expect(probe?.isProbe).toBe(true);
    expect(breaker.capacity).toBe(0);
    expect(breaker.tryAcquire()).toBeUndefined();
    probe?.settle("responded");
    expect(breaker.state).toBe("closed");
    expect(breaker.tryAcquire()?.isProbe).toBe(false);
  });

  test("stays open twice as long after each failed probe, up to half a minute, and starts over", () => {
    fail(5);
    const openMs: number[] = [];
    for (let i = 0; i < 6; i++) {
      openMs.push(breaker.openUntil - nowMs);
      nowMs = breaker.openUntil;
      fail(1);
    }
    expect(openMs).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    nowMs = breaker.openUntil;
    calls("responded");
    fail(5);
    expect(breaker.openUntil - nowMs).toBe(2_000);
  });

  test("opens at once, and longer, when the quota is exhausted", () => {
    calls("quota-exhausted");
    expect(breaker.openUntil - nowMs).toBe(60_000);
    nowMs = breaker.openUntil;
    calls("quota-exhausted");
    expect(breaker.openUntil - nowMs).toBe(60_000);
    nowMs = breaker.openUntil;
    calls("responded");
    expect(breaker.state).toBe("closed");
  });

  test("does not count calls that were sent before its last change of state", () => {
    const early = Array.from({ length: 8 }, () => breaker.tryAcquire());
    for (const permit of early.slice(0, 5)) permit?.settle("failed");
    const { openUntil } = breaker;
    early[5]?.settle("responded");
    expect(breaker.state).toBe("open");
    nowMs = openUntil;
    calls("responded");
    for (const permit of early.slice(6)) permit?.settle("failed");
    fail(3);
    expect(breaker.state).toBe("closed");
  });

  test("permits another probe after one whose caller did not wait", () => {
    fail(5);
    nowMs = breaker.openUntil;
    calls("unknown");
    expect(breaker.capacity).toBe(1);
    expect(breaker.tryAcquire()?.isProbe).toBe(true);
  });
});
