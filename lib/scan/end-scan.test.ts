import { describe, expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import { petReward } from "#lib/testing/pet-bottle.ts";
import { type EndScanDeps, endScan, failScan } from "./end-scan.ts";
import type { StoredResult } from "./scan-result.ts";

const message = {
  job_id: "019bd000-0000-7000-8000-000000000001",
  user_id: "u",
  image_url: "https://cdn.example.com/a.jpg",
  user_input: "",
  model: "local",
  submitted_at: 1,
};
const run = { message, epoch: 2 };
const none = { vision: null, answer: null, reward: null, error: null };
const completed: StoredResult = { ...none, status: "completed", reward: petReward };
function failed(code: string): StoredResult {
  return { ...none, status: "failed", error: { code, message: "실패" } };
}

/** @param standing what the store answers with; the given result itself by default */
function given(standing?: StoredResult) {
  const calls: string[] = [];
  const shown: unknown[] = [];
  const deps: EndScanDeps = {
    clock: { now: () => 7 },
    results: {
      saveResult: async ({ epoch }, result, finishedAt) => {
        calls.push(`save ${result.status} of epoch ${epoch} at ${finishedAt}`);
        return standing ?? result;
      },
    },
    events: {
      emitEnd: async ({ epoch }, steps, result) => {
        const names = steps.map(({ stage, status }) => `${stage} ${status}`);
        calls.push(`emit ${names.join(", ")} of epoch ${epoch}`);
        shown.push(...steps.map((step) => step.result), result);
      },
    },
  };
  return { deps, calls, shown };
}

describe("the end of a scan", () => {
  test("is stored, and only then cached and emitted, in its epoch", async () => {
    const { deps, calls, shown } = given();
    expect(await endScan(deps, run, "reward", completed)).toBe(completed);
    expect(calls).toEqual([
      "save completed of epoch 2 at 7",
      "emit reward completed, done completed of epoch 2",
    ]);
    const brief = { received: true, character_code: "char-petty", name: "페티" };
    expect(shown).toEqual([brief, null, completed]);
  });

  test("is not emitted while the result is not stored", async () => {
    const { deps, calls } = given();
    const results = { saveResult: () => Promise.reject(new Fault("UNAVAILABLE")) };
    const ending = endScan({ ...deps, results }, run, "reward", completed);
    await expect(ending).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(calls).toEqual([]);
  });

  test("is the one that stands, whoever stored it", async () => {
    const standing = failed("MODEL_REFUSED");
    const { deps, calls, shown } = given(standing);
    expect(await endScan(deps, run, "answer", failed("CANCELLED"))).toBe(standing);
    expect(calls.at(-1)).toBe("emit answer failed, done failed of epoch 2");
    expect(shown).toEqual([standing.error, standing.error, standing]);
  });

  test("of a scan that stands completed shows its last stage, wherever a late failure comes from", async () => {
    const { deps, calls } = given(completed);
    expect(await endScan(deps, run, "vision", failed("EXPIRED"))).toBe(completed);
    expect(calls.at(-1)).toBe("emit reward completed, done completed of epoch 2");
  });

  test("of a failed scan has the fault's public sentence, and what earlier stages have found", async () => {
    const { deps, calls, shown } = given();
    const fault = new Fault("IMAGE_EMPTY", { cause: new Error("internal") });
    const error = { code: "IMAGE_EMPTY", message: fault.detail };
    const result = await failScan(deps, run, "vision", fault);
    expect(result).toEqual({ ...none, status: "failed", error });
    expect(calls.at(-1)).toBe("emit vision failed, done failed of epoch 2");
    expect(shown).toEqual([error, error, result]);
    const answer = { disposal_steps: {}, insufficiencies: [], user_answer: "" };
    const answered = { ...run, message: { ...message, answer } };
    expect(await failScan(deps, answered, "reward", fault)).toMatchObject({ vision: null, answer });
  });
});
