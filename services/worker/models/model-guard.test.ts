import { beforeEach, describe, expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import type { FaultCode } from "#lib/error/fault-table.ts";
import { type Allowance, type GuardWatch, ModelGuard } from "./model-guard.ts";

describe("a model's guard", () => {
  const never = new AbortController().signal;
  let nowMs: number;
  let seen: string[];
  beforeEach(() => {
    nowMs = 1_000_000;
    seen = [];
  });

  function create(allowance?: Allowance): ModelGuard {
    const watch: GuardWatch = {
      onCall: (outcome) => void seen.push(outcome),
      onHeldBack: (reason) => void seen.push(`held back: ${reason}`),
      onUsage: ({ promptTokens }) => void seen.push(`used ${promptTokens}`),
      onChange: () => undefined,
    };
    const clock = { now: () => nowMs };
    return new ModelGuard({ clock, callsMax: 8, watch, ...(allowance && { allowance }) });
  }
  const failing = (code: FaultCode, retryAfterMs = 0) => {
    const fault = new Fault(code, { retryAfterMs });
    return (guard: ModelGuard) =>
      guard.run(1, never, () => Promise.reject(fault)).catch((error: unknown) => error);
  };
  const ok = (guard: ModelGuard) => guard.run(1, never, async () => "answer");

  test("leaves a model alone that failed five times, and its message loses nothing", async () => {
    const guard = create();
    const fail = failing("MODEL_UNAVAILABLE");
    for (let i = 0; i < 5; i++)
      expect(await fail(guard)).toMatchObject({ code: "MODEL_UNAVAILABLE" });
    expect(guard.capacity).toBe(0);
    expect(guard.quietUntil).toBe(nowMs + 2_000);
    const refused = await ok(guard).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "MODEL_BREAKER_OPEN", retryAfterMs: 2_000 });
    expect(seen).toEqual([...Array(5).fill("MODEL_UNAVAILABLE"), "held back: breaker"]);
  });

  test("takes the blame for a probe that failed: it costs the message no try", async () => {
    const guard = create();
    for (let i = 0; i < 5; i++) await failing("MODEL_TIMEOUT")(guard);
    nowMs = guard.quietUntil;
    const outcome = await failing("MODEL_TIMEOUT")(guard);
    expect(outcome).toMatchObject({ code: "MODEL_BREAKER_OPEN", retryAfterMs: 4_000 });
    nowMs = guard.quietUntil;
    expect(await ok(guard)).toBe("answer");
    expect(guard.capacity).toBe(8);
  });

  test("one 429 halves what it takes and is obeyed; it opens no breaker", async () => {
    const guard = create();
    for (let i = 0; i < 9; i++) {
      nowMs = Math.max(nowMs, guard.quietUntil);
      await failing("MODEL_RATE_LIMITED", 3_000)(guard);
    }
    expect(guard.capacity).toBe(0);
    expect(guard.quietUntil).toBe(nowMs + 3_000);
    nowMs += 3_000;
    expect(guard.capacity).toBe(1);
    expect(await ok(guard)).toBe("answer");
  });

  test("an exhausted quota is left alone for a minute after one call", async () => {
    const guard = create();
    await failing("MODEL_QUOTA_EXHAUSTED")(guard);
    expect([guard.capacity, guard.quietUntil]).toEqual([0, nowMs + 60_000]);
  });

  test("what a model says about content, and calls we broke off, are no failures of it", async () => {
    const guard = create();
    for (let i = 0; i < 5; i++) await failing("MODEL_REFUSED")(guard);
    for (let i = 0; i < 5; i++) await failing("TASK_TIMEOUT")(guard);
    for (let i = 0; i < 5; i++) await failing("CANCELLED")(guard);
    expect(guard.capacity).toBe(8);
    for (let i = 0; i < 5; i++) await failing("MODEL_REJECTED")(guard);
    expect(guard.capacity).toBe(0);
  });

  test("settles what was reserved: real usage, nothing when turned away, the estimate when unknown", async () => {
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

  test("sends nothing our own allowance refuses, and narrows as if the provider had refused", async () => {
    const fault = new Fault("MODEL_RATE_LIMITED", { retryAfterMs: 5_000 });
    const guard = create({ reserve: () => Promise.reject(fault) });
    const sent: string[] = [];
    const outcome = await guard
      .run(1, never, async () => sent.push("sent"))
      .catch((error: unknown) => error);
    expect([outcome, sent, guard.capacity]).toEqual([fault, [], 0]);
    nowMs += 5_000;
    expect(guard.capacity).toBe(4);
    expect(seen).toEqual(["held back: allowance"]);
  });

  test("gives its slot back whatever happens", async () => {
    const guard = create();
    for (let i = 0; i < 20; i++) await failing("MODEL_REFUSED")(guard);
    const bug = guard.run(1, never, () => Promise.reject(new TypeError("a bug")));
    expect(await bug.catch((error: unknown) => error)).toBeInstanceOf(TypeError);
    expect(await Promise.all(Array.from({ length: 8 }, () => ok(guard)))).toHaveLength(8);
  });
});
