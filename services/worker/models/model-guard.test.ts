import { beforeEach, describe, expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import type { FaultCode } from "#lib/error/fault-table.ts";
import {
  type CallPermit,
  type GuardObserver,
  ModelGuard,
  type RateLimiter,
} from "./model-guard.ts";

describe("a model's guard", () => {
  const costs = { add: () => undefined, of: () => 1 };
  const never = new AbortController().signal;
  let nowMs: number;
  let seen: string[];
  let callers: number;
  beforeEach(() => {
    nowMs = 1_000_000;
    seen = [];
    callers = 0;
  });

  function create(rateLimiter?: RateLimiter): ModelGuard {
    const observer: GuardObserver = {
      onCall: (outcome) => void seen.push(outcome),
      onNotPermitted: (reason) => void seen.push(`not permitted: ${reason}`),
      onUsage: ({ promptTokens }) => void seen.push(`used ${promptTokens}`),
    };
    return new ModelGuard({
      clock: { now: () => nowMs },
      callsMax: 8,
      costs,
      observer,
      rateLimiter,
    });
  }
  /** Each a tenth of a second after the one before, so that no place has to be waited for. */
  const call = <T>(
    guard: ModelGuard,
    send: Parameters<CallPermit["run"]>[1] & (() => Promise<T>),
    caller = `user-${++callers}`,
  ) => {
    nowMs += 100;
    return guard.withPermit(caller, never, ({ run }) => run(1, send));
  };
  const failing =
    (code: FaultCode, retryAfterMs = 0) =>
    (guard: ModelGuard, caller?: string) => {
      const fault = new Fault(code, { retryAfterMs });
      return call(guard, () => Promise.reject(fault), caller).catch((error: unknown) => error);
    };
  const ok = (guard: ModelGuard, caller?: string) => call(guard, async () => "answer", caller);

  test("permits no call to a model that failed five times, and its message loses no try", async () => {
    const guard = create();
    const fail = failing("MODEL_UNAVAILABLE");
    for (let i = 0; i < 5; i++)
      expect(await fail(guard)).toMatchObject({ code: "MODEL_UNAVAILABLE" });
    expect(guard.capacity).toBe(0);
    expect(guard.backoffUntil).toBe(nowMs + 2_000);
    const refused = await ok(guard).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "MODEL_BREAKER_OPEN", retryAfterMs: 1_900 });
    expect(seen).toEqual([...Array(5).fill("MODEL_UNAVAILABLE"), "not permitted: breaker"]);
  });

  test("a probe that failed costs its message a try; one that was answered closes the breaker", async () => {
    const guard = create();
    for (let i = 0; i < 5; i++) await failing("MODEL_TIMEOUT")(guard);
    nowMs = guard.backoffUntil;
    const outcome = await failing("MODEL_TIMEOUT")(guard);
    expect(outcome).toMatchObject({ code: "MODEL_TIMEOUT", kind: { onMessage: "retry" } });
    nowMs = guard.backoffUntil;
    await failing("MODEL_REJECTED")(guard);
    expect(guard.capacity).toBe(8);
  });

  test("a refusal is its own message's: nobody else waits for it", async () => {
    const guard = create();
    await failing("MODEL_RATE_LIMITED", 3_000)(guard);
    expect(guard.backoffUntil).toBeLessThanOrEqual(nowMs);
    expect(await ok(guard)).toBe("answer");
  });

  test("a full model costs a message no try; the same words of a model that does nothing are an outage", async () => {
    const guard = create();
    const full = failing("MODEL_BUSY", 3_000);
    const outage = { code: "MODEL_UNAVAILABLE", kind: { onMessage: "retry" }, retryAfterMs: 3_000 };
    expect(await full(guard)).toMatchObject(outage);
    const [sent, slow] = [Promise.withResolvers<void>(), Promise.withResolvers<string>()];
    const held = call(guard, () => {
      sent.resolve();
      return slow.promise;
    });
    await sent.promise;
    nowMs += 100;
    for (let i = 0; i < 2; i++) {
      expect(await full(guard)).toMatchObject({ code: "MODEL_BUSY", kind: { onMessage: "wait" } });
    }
    slow.resolve("answer");
    await held;
    expect(await full(guard)).toMatchObject({ code: "MODEL_BUSY" });
    nowMs += 1_000;
    for (let i = 0; i < 5; i++) expect(await full(guard)).toMatchObject(outage);
    await expect(full(guard)).resolves.toMatchObject({ code: "MODEL_BREAKER_OPEN" });
  });

  test("an exhausted quota opens the breaker for a minute after one call", async () => {
    const guard = create();
    await failing("MODEL_QUOTA_EXHAUSTED")(guard);
    expect([guard.capacity, guard.backoffUntil]).toEqual([0, nowMs + 60_000]);
  });

  test.each<FaultCode>([
    "MODEL_REJECTED",
    "MODEL_REFUSED",
    "MODEL_TRUNCATED",
    "MODEL_OUTPUT_INVALID",
    "IMAGE_CORRUPT",
    "TASK_TIMEOUT",
    "CANCELLED",
  ])("%s is no failure of the model, however often", async (code) => {
    const guard = create();
    for (let i = 0; i < 50; i++) await failing(code)(guard, "one");
    for (let i = 0; i < 50; i++) await failing(code)(guard);
    expect(guard.capacity).toBe(8);
  });

  test.each<FaultCode>(["MODEL_ACCESS_DENIED", "MODEL_UNAVAILABLE"])(
    "%s of one user's calls stops this user's calls, of five users' everybody's",
    async (code) => {
      const guard = create();
      for (let i = 0; i < 50; i++) await failing(code)(guard, "one");
      expect(seen.filter((one) => one === code).length).toBeLessThan(10);
      expect(await ok(guard, "other")).toBe("answer");
      for (let i = 0; i < 5; i++) await failing(code)(guard);
      await expect(ok(guard, "other")).rejects.toMatchObject({ code: "MODEL_BREAKER_OPEN" });
    },
  );

  test("settles what was reserved: real usage, nothing when refused, the estimate when unknown", async () => {
    const settled: number[] = [];
    const reserve = async () => ({ settle: (tokens: number) => void settled.push(tokens) });
    const guard = create({ reserve });
    await guard.withPermit("u", never, ({ run }) =>
      run(50, async (onUsage) => onUsage({ promptTokens: 7, completionTokens: 3 })),
    );
    await failing("MODEL_RATE_LIMITED")(guard);
    await failing("MODEL_TIMEOUT")(guard);
    expect(settled).toEqual([10, 0]);
  });

  test("sends nothing our own rate limit refuses, and pauses until it has room", async () => {
    const fault = new Fault("MODEL_RATE_LIMITED", { retryAfterMs: 20_000 });
    const guard = create({ reserve: () => Promise.reject(fault) });
    const sent: string[] = [];
    const outcome = await call(guard, async () => sent.push("sent")).catch(
      (error: unknown) => error,
    );
    expect([outcome, sent, guard.capacity]).toEqual([fault, [], 0]);
    expect(guard.backoffUntil).toBe(nowMs + 20_000);
    nowMs = guard.backoffUntil;
    expect(guard.capacity).toBe(8);
    expect(seen).toEqual(["not permitted: rate_limit"]);
  });

  test("a photo that hangs holds no place: a call that comes late queues again", async () => {
    const guard = create();
    const photo = Promise.withResolvers<void>();
    const late = guard.withPermit("slow", never, async ({ run }) => {
      await photo.promise;
      return run(1, async () => "late");
    });
    for (let i = 0; i < 50; i++) await ok(guard);
    nowMs += 2_000;
    photo.resolve();
    expect(await late).toBe("late");
  });

  test("a permit that is not used releases its place", async () => {
    const guard = create();
    const first = performance.now();
    for (let i = 0; i < 100; i++) await guard.withPermit("u", never, async () => "cached");
    expect(await guard.withPermit("u", never, ({ run }) => run(1, async () => "sent"))).toBe(
      "sent",
    );
    expect(performance.now() - first).toBeLessThan(500);
  });

  test("a bug in a call is neither the model's nor kept", async () => {
    const guard = create();
    const bug = call(guard, () => Promise.reject(new TypeError("a bug")));
    expect(await bug.catch((error: unknown) => error)).toBeInstanceOf(TypeError);
    expect(await ok(guard)).toBe("answer");
  });
});
