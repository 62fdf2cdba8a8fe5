import { describe, expect, test } from "bun:test";
import { Fault, type FaultOptions } from "#lib/error/fault.ts";
import type { FaultCode } from "#lib/error/fault-table.ts";
import { unguarded } from "../scan-fixture.ts";
import { callWithFallback } from "./call-with-fallback.ts";
import type { Model } from "./model.ts";
import type { CallPermit } from "./model-guard.ts";

const nowMs = 1_800_000_000_000;
const names = ["first", "second", "third"];

/** Calls three models of which each fails as told, or responds with its name. */
async function call(faults: Record<string, Fault | Error>, ageMs = 0) {
  const called: string[] = [];
  const models = names.map((name) => ({
    model: { name } as Model,
    guard: {
      withPermit: <T>(_: string, signal: AbortSignal, work: (permit: CallPermit) => Promise<T>) =>
        work(unguarded(signal)),
    },
  }));
  const question = { model: "first", submitted_at: nowMs - ageMs, user_id: "u" };
  const outcome = await callWithFallback(() => models, { now: () => nowMs })(
    question,
    new AbortController().signal,
    async ({ name }) => {
      called.push(name);
      const fault = faults[name];
      if (fault) throw fault;
      return name;
    },
  ).catch((error: unknown) => error);
  return { called, outcome };
}
const fault = (code: FaultCode, options?: FaultOptions) => new Fault(code, options);
const all = (code: FaultCode) => Object.fromEntries(names.map((name) => [name, fault(code)]));

describe("model fallback", () => {
  test.each<FaultCode>([
    "MODEL_RATE_LIMITED",
    "MODEL_BUSY",
    "MODEL_NOT_READY",
    "MODEL_BREAKER_OPEN",
    "MODEL_QUOTA_EXHAUSTED",
    "MODEL_UNAVAILABLE",
    "MODEL_ACCESS_DENIED",
    "MODEL_TIMEOUT",
  ])("calls the next one after %s, and says which one responded", async (code) => {
    const { called, outcome } = await call({ first: fault(code) });
    expect(called).toEqual(["first", "second"]);
    expect(outcome).toMatchObject({ output: "second", model: { name: "second" } });
  });

  test.each<FaultCode>([
    "MODEL_REFUSED",
    "MODEL_REJECTED",
    "MODEL_TRUNCATED",
    "MODEL_OUTPUT_INVALID",
    "TASK_TIMEOUT",
    "CANCELLED",
    "UNAVAILABLE",
  ])("calls no other after %s", async (code) => {
    const first = fault(code);
    expect(await call({ first })).toEqual({ called: ["first"], outcome: first });
  });

  test("what a fallback says about the content is final as well", async () => {
    const second = fault("MODEL_REFUSED");
    const { called, outcome } = await call({ first: fault("MODEL_TIMEOUT"), second });
    expect([called, outcome]).toEqual([["first", "second"], second]);
  });

  test("skips a fallback that is set up wrong", async () => {
    const first = fault("MODEL_RATE_LIMITED");
    const broken = { second: fault("MODEL_REJECTED"), third: fault("MODEL_REJECTED") };
    expect((await call({ first, ...broken })).outcome).toBe(first);
  });

  test("waits for the retryable fault with the shortest delay, before a try is counted", async () => {
    const third = fault("MODEL_BREAKER_OPEN", { retryAfterMs: 3_000 });
    const second = fault("MODEL_RATE_LIMITED", { retryAfterMs: 9_000 });
    const { outcome } = await call({ first: fault("MODEL_UNAVAILABLE"), second, third });
    expect(outcome).toBe(third);
  });

  test("counts a try when no fault is retryable", async () => {
    const faults = all("MODEL_UNAVAILABLE");
    expect((await call(faults)).outcome).toBe(faults.first);
  });

  test("ends a scan that has waited ten minutes, with the sentence of what it waited for", async () => {
    const faults = all("MODEL_QUOTA_EXHAUSTED");
    const { detail } = fault("MODEL_QUOTA_EXHAUSTED");
    expect((await call(faults, 599_999)).outcome).toBe(faults.first);
    expect((await call(faults, 600_000)).outcome).toMatchObject({
      code: "MODEL_OVERLOADED",
      detail,
    });
    const tooLate = fault("MODEL_OVERLOADED");
    expect(tooLate.kind.onMessage).toBe("bug");
    expect((await call({}, 3_600_000)).outcome).toMatchObject({ output: "first" });
  });
});
