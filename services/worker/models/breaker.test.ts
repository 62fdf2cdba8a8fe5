import { beforeEach, describe, expect, test } from "bun:test";
import { Breaker, type Outcome } from "./breaker.ts";

describe("a breaker", () => {
  let nowMs: number;
  let breaker: Breaker;
  beforeEach(() => {
    nowMs = 1_000_000;
    breaker = new Breaker({ now: () => nowMs });
  });
  const calls = (...outcomes: Outcome[]) => {
    for (const outcome of outcomes) breaker.enter()?.settle(outcome);
  };
  const fail = (times: number) => calls(...Array<Outcome>(times).fill("failed"));

  test("opens on five failures in a row, not on five with an answer between them", () => {
    fail(4);
    calls("answered");
    fail(4);
    expect(breaker.state).toBe("closed");
    fail(1);
    expect(breaker.state).toBe("open");
    expect(breaker.capacity).toBe(0);
    expect(breaker.enter()).toBeUndefined();
  });

  test("lets one call through when its time is over, and only one until that one is settled", () => {
    fail(5);
    nowMs = breaker.openUntil - 1;
    expect(breaker.enter()).toBeUndefined();
    nowMs += 1;
    expect([breaker.state, breaker.capacity]).toEqual(["half-open", 1]);
    const probe = breaker.enter();
    expect(probe?.isProbe).toBe(true);
    expect(breaker.capacity).toBe(0);
    expect(breaker.enter()).toBeUndefined();
    probe?.settle("answered");
    expect(breaker.state).toBe("closed");
    expect(breaker.enter()?.isProbe).toBe(false);
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
    calls("answered");
    fail(5);
    expect(breaker.openUntil - nowMs).toBe(2_000);
  });

  test("opens at once, and longer, when nobody has paid", () => {
    calls("exhausted");
    expect(breaker.openUntil - nowMs).toBe(60_000);
    nowMs = breaker.openUntil;
    calls("exhausted");
    expect(breaker.openUntil - nowMs).toBe(60_000);
    nowMs = breaker.openUntil;
    calls("answered");
    expect(breaker.state).toBe("closed");
  });

  test("does not count calls that were sent before it changed its mind", () => {
    const early = Array.from({ length: 8 }, () => breaker.enter());
    for (const pass of early.slice(0, 5)) pass?.settle("failed");
    const { openUntil } = breaker;
    early[5]?.settle("answered");
    expect(breaker.state).toBe("open");
    nowMs = openUntil;
    calls("answered");
    for (const pass of early.slice(6)) pass?.settle("failed");
    fail(3);
    expect(breaker.state).toBe("closed");
  });

  test("probes again after a probe nobody waited for", () => {
    fail(5);
    nowMs = breaker.openUntil;
    calls("unknown");
    expect(breaker.capacity).toBe(1);
    expect(breaker.enter()?.isProbe).toBe(true);
  });
});
