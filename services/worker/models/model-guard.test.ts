import { beforeEach, describe, expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import type { FaultCode } from "#lib/error/fault-table.ts";
import { type GuardObserver, ModelGuard, type RateLimiter } from "./model-guard.ts";

describe("a model's guard", () => {
  const never = new AbortController().signal;
  let nowMs: number;
  let seen: string[];
  beforeEach(() => {
    nowMs = 1_000_000;
    seen = [];
  });

  function create(rateLimiter?: RateLimiter): ModelGuard {
    const observer: GuardObserver = {
      onCall: (outcome) => void seen.push(outcome),
      onNotPermitted: (reason) => void seen.push(`not permitted: ${reason}`),
      onUsage: ({ promptTokens }) => void seen.push(`used ${promptTokens}`),
    };
    return new ModelGuard({ clock: { now: () => nowMs }, callsMax: 8, observer, rateLimiter });
  }
  const failing = (code: FaultCode, retryAfterMs = 0) => {
    const fault = new Fault(code, { retryAfterMs });
    return (guard: ModelGuard) =>
      guard.run(1, never, () => Promise.reject(fault)).catch((error: unknown) => error);
  };
  const ok = (guard: ModelGuard) => guard.run(1, never, async () => "answer");

  test("permits no call to a model that failed five times, and its message loses no try", async () => {
    const guard = create();
    const fail = failing("MODEL_UNAVAILABLE");
    for (let i = 0; i < 5; i++)
      expect(await fail(guard)).toMatchObject({ code: "MODEL_UNAVAILABLE" });
    expect(guard.capacity).toBe(0);
    expect(guard.backoffUntil).toBe(nowMs + 2_000);
    const refused = await ok(guard).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "MODEL_BREAKER_OPEN", retryAfterMs: 2_000 });
    expect(seen).toEqual([...Array(5).fill("MODEL_UNAVAILABLE"), "not permitted: breaker"]);
  });

  test("a probe that failed costs its message no try", async () => {
    const guard = create();
    for (let i = 0; i < 5; i++) await failing("MODEL_TIMEOUT")(guard);
    nowMs = guard.backoffUntil;
    const outcome = await failing("MODEL_TIMEOUT")(guard);
    expect(outcome).toMatchObject({ code: "MODEL_BREAKER_OPEN", retryAfterMs: 4_000 });
    nowMs = guard.backoffUntil;
    expect(await ok(guard)).toBe("answer");
    expect(guard.capacity).toBe(8);
  });

  test("one 429 halves the limit and is backed off from as advised; it opens no breaker", async () => {
    const guard = create();
    for (let i = 0; i < 9; i++) {
      nowMs = Math.max(nowMs, guard.backoffUntil);
      await failing("MODEL_RATE_LIMITED", 3_000)(guard);
    }
    expect(guard.capacity).toBe(0);
    expect(guard.backoffUntil).toBe(nowMs + 3_000);
    nowMs += 3_000;
    expect(guard.capacity).toBe(1);
    expect(await ok(guard)).toBe("answer");
  });

  test("an exhausted quota opens the breaker for a minute after one call", async () => {
    const guard = create();
    await failing("MODEL_QUOTA_EXHAUSTED")(guard);
    expect([guard.capacity, guard.backoffUntil]).toEqual([0, nowMs + 60_000]);
  });

  test("what a model says about content, and calls we aborted, are no failures of the model", async () => {
    const guard = create();
    for (let i = 0; i < 5; i++) await failing("MODEL_REFUSED")(guard);
    for (let i = 0; i < 5; i++) await failing("TASK_TIMEOUT")(guard);
    for (let i = 0; i < 5; i++) await failing("CANCELLED")(guard);
    expect(guard.capacity).toBe(8);
    for (let i = 0; i < 5; i++) await failing("MODEL_REJECTED")(guard);
    expect(guard.capacity).toBe(0);
  });

  test("settles what was reserved: real usage, nothing when refused, the estimate when unknown", async () => {
    const settled: number[] = [];
    const reserve = async () => ({ settle: (tokens: number) => void settled.push(tokens) });
    const guard = create({ reserve });
    await guard.run(50, never, async (onUsage) =>
      onUsage({ promptTokens: 7, completionTokens: 3 }),
    );
    await failing("MODEL_RATE_LIMITED")(guard);
    await failing("MODEL_TIMEOUT")(guard);
    expect(settled).toEqual([10, 0]);
  });

  test("sends nothing our own rate limit refuses, and decreases as if the provider had refused", async () => {
    const fault = new Fault("MODEL_RATE_LIMITED", { retryAfterMs: 5_000 });
    const guard = create({ reserve: () => Promise.reject(fault) });
    const sent: string[] = [];
    const outcome = await guard
      .run(1, never, async () => sent.push("sent"))
      .catch((error: unknown) => error);
    expect([outcome, sent, guard.capacity]).toEqual([fault, [], 0]);
    nowMs += 5_000;
    expect(guard.capacity).toBe(4);
    expect(seen).toEqual(["not permitted: rate_limit"]);
  });

  test("releases its permit whatever happens", async () => {
    const guard = create();
    for (let i = 0; i < 20; i++) await failing("MODEL_REFUSED")(guard);
    const bug = guard.run(1, never, () => Promise.reject(new TypeError("a bug")));
    expect(await bug.catch((error: unknown) => error)).toBeInstanceOf(TypeError);
    expect(await Promise.all(Array.from({ length: 8 }, () => ok(guard)))).toHaveLength(8);
  });
});
