import { beforeEach, describe, expect, test } from "bun:test";
import { type CallOutcome, CircuitBreaker } from "./circuit-breaker.ts";

describe("a circuit breaker", () => {
  let nowMs: number;
  let breaker: CircuitBreaker;
  let callers: number;
  beforeEach(() => {
    nowMs = 1_000_000;
    breaker = new CircuitBreaker({ now: () => nowMs });
    callers = 0;
  });
  const newCaller = () => `user-${++callers}`;
  const acquire = (caller = newCaller()) => breaker.tryAcquire(caller);
  const calls = (...outcomes: CallOutcome[]) => {
    for (const outcome of outcomes) acquire()?.settle(outcome);
  };
  const times = (count: number, outcome: CallOutcome) => calls(...Array(count).fill(outcome));
  const fail = (count: number) => times(count, "failed");

  test("opens on five failures in a row, not on five with a response between them", () => {
    fail(4);
    calls("responded");
    fail(4);
    expect(breaker.state).toBe("closed");
    fail(1);
    expect(breaker.state).toBe("open");
    expect(breaker.capacity).toBe(0);
    expect(acquire()).toBeUndefined();
  });

  test("counts a row as it was sent: failures end before the calls that go well", () => {
    const burst = Array.from({ length: 100 }, () => acquire());
    for (const [i, permit] of burst.entries()) if (i % 5 === 0) permit?.settle("failed");
    expect(breaker.state).toBe("closed");
    for (const i of [51, 52, 53, 54]) burst[i]?.settle("failed");
    expect(breaker.state).toBe("open");
  });

  test("permits one probe when its time is over, and no other call until the probe is settled", () => {
    fail(5);
    nowMs = breaker.openUntil - 1;
    expect(acquire()).toBeUndefined();
    nowMs += 1;
    expect([breaker.state, breaker.capacity]).toEqual(["half-open", 1]);
    const probe = acquire();
    expect(probe?.isProbe).toBe(true);
    expect(breaker.capacity).toBe(0);
    expect(acquire()).toBeUndefined();
    probe?.settle("responded");
    expect(breaker.state).toBe("closed");
    expect(acquire()?.isProbe).toBe(false);
  });

  test.each(["responded", "limited"] as const)("closes when its probe is %s", (outcome) => {
    fail(5);
    nowMs = breaker.openUntil;
    calls(outcome);
    expect(breaker.state).toBe("closed");
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

  test("opens when the model refuses twenty calls in a row and works on nothing", () => {
    times(19, "limited");
    expect(breaker.state).toBe("closed");
    times(1, "limited");
    expect([breaker.state, breaker.openUntil - nowMs]).toEqual(["open", 2_000]);
  });

  test("stays closed for a model that refuses calls while it works on others, or just has", () => {
    const held = acquire();
    nowMs += 200;
    times(50, "limited");
    held?.settle("responded");
    nowMs += 900;
    times(50, "limited");
    expect(breaker.state).toBe("closed");
    nowMs += 200;
    times(1, "limited");
    expect(breaker.state).toBe("open");
  });

  test("takes a model for working only on calls that it would have refused by now", () => {
    const [first, second] = [acquire(), acquire()];
    expect(second?.isModelWorking).toBe(false);
    nowMs += 300;
    expect(second?.isModelWorking).toBe(false);
    const third = acquire();
    nowMs += 100;
    expect(third?.isModelWorking).toBe(true);
    first?.settle("failed");
    second?.settle("failed");
    expect(third?.isModelWorking).toBe(false);
    third?.settle("responded");
    expect(acquire()?.isModelWorking).toBe(true);
  });

  test("takes long advice for all after three refusals in a row, and for a minute at most", () => {
    for (let i = 0; i < 3; i++) acquire()?.settle("limited", 3_600_000);
    expect(breaker.openUntil - nowMs).toBe(60_000);
  });

  test("is open for a few callers alone whose calls fail, and for all when a fifth one's fail", () => {
    for (const caller of ["a", "b", "a", "b", "b"]) acquire(caller)?.settle("failed");
    expect([acquire("a"), acquire("b")]).toEqual([undefined, undefined]);
    expect(breaker.capacity).toBe(Number.POSITIVE_INFINITY);
    acquire("other")?.settle("responded");
    expect(acquire("a")).toBeUndefined();
    nowMs = breaker.openUntil;
    acquire("a")?.settle("failed");
    expect(breaker.openUntil - nowMs).toBe(4_000);
    expect(acquire("other")?.isProbe).toBe(false);
    const failFor = (caller: string) => {
      for (let i = 0; i < 5; i++) acquire(caller)?.settle("failed");
    };
    failFor("c");
    failFor("d");
    expect([acquire("c"), acquire("d")]).toEqual([undefined, undefined]);
    expect(acquire("e")?.isProbe).toBe(false);
    failFor("e");
    expect(acquire("other")).toBeUndefined();
  });

  test("that is open for a few callers closes when the probe of one of them is answered", () => {
    for (const caller of ["a", "b", "a", "b", "b"]) acquire(caller)?.settle("failed");
    nowMs = breaker.openUntil;
    acquire("a")?.settle("responded");
    expect(acquire("b")?.isProbe).toBe(false);
  });

  test("lets others probe first after a caller's probe failed", () => {
    fail(5);
    nowMs = breaker.openUntil;
    acquire("poisoned")?.settle("failed");
    nowMs = breaker.openUntil;
    expect(acquire("poisoned")).toBeUndefined();
    acquire("other")?.settle("failed");
    nowMs = breaker.openUntil;
    expect(acquire("poisoned")?.isProbe).toBe(true);
  });

  test("lets the same caller probe when nobody else has for a second", () => {
    fail(5);
    nowMs = breaker.openUntil;
    acquire("only")?.settle("failed");
    nowMs = breaker.openUntil + 1_000;
    expect(acquire("only")?.isProbe).toBe(true);
  });

  test("does not count calls that were sent before its last change of state", () => {
    const early = Array.from({ length: 8 }, () => acquire());
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
    expect(acquire()?.isProbe).toBe(true);
  });
});
