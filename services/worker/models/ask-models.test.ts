import { describe, expect, test } from "bun:test";
import { Fault, type FaultOptions } from "#lib/error/fault.ts";
import type { FaultCode } from "#lib/error/fault-table.ts";
import { askModels } from "./ask-models.ts";
import type { Model } from "./model.ts";

const nowMs = 1_800_000_000_000;
const names = ["first", "second", "third"];

/** Asks three models of which each fails as told, or answers with its name. */
async function ask(faults: Record<string, Fault | Error>, ageMs = 0) {
  const asked: string[] = [];
  const models = names.map((name) => ({ name }) as Model);
  const question = { model: "first", submitted_at: nowMs - ageMs };
  const outcome = await askModels(() => models, { now: () => nowMs })(
    question,
    async ({ name }) => {
      asked.push(name);
      const fault = faults[name];
      if (fault) throw fault;
      return name;
    },
  ).catch((error: unknown) => error);
  return { asked, outcome };
}
const fault = (code: FaultCode, options?: FaultOptions) => new Fault(code, options);
const all = (code: FaultCode) => Object.fromEntries(names.map((name) => [name, fault(code)]));

describe("asking models", () => {
  test.each<FaultCode>([
    "MODEL_RATE_LIMITED",
    "MODEL_BREAKER_OPEN",
    "MODEL_QUOTA_EXHAUSTED",
    "MODEL_UNAVAILABLE",
    "MODEL_TIMEOUT",
  ])("goes on to the next one after %s, and says who answered", async (code) => {
    const { asked, outcome } = await ask({ first: fault(code) });
    expect(asked).toEqual(["first", "second"]);
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
  ])("asks nobody else after %s", async (code) => {
    const first = fault(code);
    expect(await ask({ first })).toEqual({ asked: ["first"], outcome: first });
  });

  test("what a stand-in says about the content stands as well", async () => {
    const second = fault("MODEL_REFUSED");
    const { asked, outcome } = await ask({ first: fault("MODEL_TIMEOUT"), second });
    expect([asked, outcome]).toEqual([["first", "second"], second]);
  });

  test("passes over a stand-in that is set up wrong", async () => {
    const first = fault("MODEL_RATE_LIMITED");
    const broken = { second: fault("MODEL_REJECTED"), third: fault("MODEL_REJECTED") };
    expect((await ask({ first, ...broken })).outcome).toBe(first);
  });

  test("waits for whoever asked for patience, the shortest, before a try is counted", async () => {
    const third = fault("MODEL_BREAKER_OPEN", { retryAfterMs: 3_000 });
    const second = fault("MODEL_RATE_LIMITED", { retryAfterMs: 9_000 });
    const { outcome } = await ask({ first: fault("MODEL_UNAVAILABLE"), second, third });
    expect(outcome).toBe(third);
  });

  test("counts a try when no model asked for patience", async () => {
    const faults = all("MODEL_UNAVAILABLE");
    expect((await ask(faults)).outcome).toBe(faults.first);
  });

  test("gives a scan up that has waited ten minutes, with the sentence of what it waited for", async () => {
    const faults = all("MODEL_QUOTA_EXHAUSTED");
    const { detail } = fault("MODEL_QUOTA_EXHAUSTED");
    expect((await ask(faults, 599_999)).outcome).toBe(faults.first);
    expect((await ask(faults, 600_000)).outcome).toMatchObject({
      code: "MODEL_OVERLOADED",
      detail,
    });
    const tooLate = fault("MODEL_OVERLOADED");
    expect(tooLate.kind.onMessage).toBe("bug");
    expect((await ask({}, 3_600_000)).outcome).toMatchObject({ output: "first" });
  });
});
