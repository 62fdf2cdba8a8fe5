import { describe, expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import { scanEvent } from "#lib/scan/scan-event.ts";
import type { OwnedResult, StoredResult } from "#lib/scan/scan-result.ts";
import type { Stage } from "#lib/scan/stage.ts";
import { type ReadResultDeps, readResult } from "./read-result.ts";

const jobId = "019bd000-0000-7000-8000-000000000001";
const completed: StoredResult = {
  status: "completed",
  vision: {
    classification: {
      major_category: "재활용폐기물",
      middle_category: "유리병",
      minor_category: "와인병",
    },
    situation_tags: [],
    meta: { user_input: "", model: "local", estimate: true },
  },
  answer: { disposal_steps: { 단계1: "헹궈요." }, insufficiencies: [], user_answer: "헹궈요." },
  reward: null,
  error: null,
};
const failed: StoredResult = {
  status: "failed",
  vision: null,
  answer: null,
  reward: null,
  error: { code: "IMAGE_EMPTY", message: "빈 파일이에요." },
};
const owned = (result: StoredResult, userId = "u"): OwnedResult => ({ userId, result });
const at = (stage: Stage, userId = "u") => ({
  userId,
  latest: scanEvent({ id: jobId, epoch: 0 }, { stage, status: "completed" }, 0),
});

function given(deps: Partial<ReadResultDeps>): ReadResultDeps {
  const nothing = async () => undefined;
  return {
    ...{ cachedResult: nothing, state: nothing, storedResult: nothing },
    nearby: () => Promise.reject(new Error("asked for places")),
    ...deps,
  };
}
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "resolved",
    (error) => error.code,
  );

describe("readResult", () => {
  test("a finished scan comes with the regulation its category names", async () => {
    const reading = await readResult(
      given({ cachedResult: async () => owned(completed) }),
      "u",
      jobId,
    );
    expect(reading).toMatchObject({
      finished: true,
      result: {
        task_id: jobId,
        status: "completed",
        pipeline_result: { disposal_rules: { 이름: "유리병" } },
        error: null,
      },
    });
  });

  test("a failed scan is a result with its error, not an exception", async () => {
    const reading = await readResult(
      given({ cachedResult: async () => owned(failed) }),
      "u",
      jobId,
    );
    expect(reading).toMatchObject({
      finished: true,
      result: {
        status: "failed",
        message: "빈 파일이에요.",
        pipeline_result: null,
        error: { code: "IMAGE_EMPTY" },
      },
    });
  });

  test("an unfinished scan says where it is", async () => {
    const reading = async (stage: Stage) =>
      readResult(given({ state: async () => at(stage) }), "u", jobId);
    expect(await reading("queued")).toEqual({
      finished: false,
      progress: { status: "queued", current_stage: "queued", progress: 0 },
    });
    expect(await reading("vision")).toEqual({
      finished: false,
      progress: { status: "processing", current_stage: "vision", progress: 25 },
    });
  });

  test("a result that is no longer cached is read from the store", async () => {
    for (const state of [async () => at("done"), async () => undefined]) {
      const deps = given({ state, storedResult: async () => owned(failed) });
      expect(await readResult(deps, "u", jobId)).toMatchObject({ finished: true });
    }
  });

  test("without Redis a finished scan is still read, and an unfinished one is not `unknown`", async () => {
    const away = () => Promise.reject(new Fault("UNAVAILABLE"));
    const finished = given({ state: away, storedResult: async () => owned(failed) });
    expect(await readResult(finished, "u", jobId)).toMatchObject({ finished: true });
    expect(await codeOf(readResult(given({ state: away }), "u", jobId))).toBe("UNAVAILABLE");
  });

  test("nobody reads another user's job, wherever it is kept; it looks like an unknown one", async () => {
    const others: Partial<ReadResultDeps>[] = [
      {},
      { cachedResult: async () => owned(completed, "other") },
      { state: async () => at("vision", "other") },
      { state: async () => at("done", "other"), storedResult: async () => owned(completed) },
      { storedResult: async () => owned(completed, "other") },
    ];
    for (const deps of others) {
      expect(await codeOf(readResult(given(deps), "u", jobId))).toBe("JOB_NOT_FOUND");
    }
  });
});

describe("with a position", () => {
  const here = { latitude: 37.5, longitude: 127 };
  const bin = { id: "7" } as Awaited<ReturnType<ReadResultDeps["nearby"]>>[number];
  const read = (result: StoredResult, deps: Partial<ReadResultDeps> = {}, position = here) =>
    readResult(
      given({ cachedResult: async () => owned(result), ...deps }),
      "u",
      jobId,
      position,
    ).then((reading) => (reading.finished ? reading.result.nearby : "unfinished"));

  test("a result has the nearest places that take its material", async () => {
    const asked: unknown[] = [];
    const nearby = async (...question: unknown[]) => {
      asked.push(question);
      return [bin];
    };
    expect(await read(completed, { nearby })).toEqual([bin]);
    expect(asked).toEqual([[here, "glass"]]);
  });

  test("it has none where no place takes such a thing, and nobody is asked", async () => {
    const vision = completed.vision && {
      ...completed.vision,
      classification: {
        major_category: "음식물류폐기물" as const,
        middle_category: "음식물류폐기물" as const,
        minor_category: "귤껍질",
      },
    };
    expect(await read({ ...completed, vision })).toEqual([]);
    expect(await read(failed)).toEqual([]);
  });

  test("it is shown without them while they cannot be looked up", async () => {
    expect(await read(completed)).toBeNull();
  });

  test("another user's scan is not found either", async () => {
    const cachedResult = async () => owned(completed, "v");
    expect(await codeOf(readResult(given({ cachedResult }), "u", jobId, here))).toBe(
      "JOB_NOT_FOUND",
    );
  });
});

test("without a position, nobody is asked for places and the result has no such field", async () => {
  const reading = await readResult(
    given({ cachedResult: async () => owned(completed) }),
    "u",
    jobId,
  );
  expect(reading.finished && "nearby" in reading.result).toBe(false);
});
