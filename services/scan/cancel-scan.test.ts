import { describe, expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import { type ScanStep, scanEvent } from "#lib/scan/scan-event.ts";
import type { ScanMessage } from "#lib/scan/scan-message.ts";
import type { StoredResult } from "#lib/scan/scan-result.ts";
import { type CancelDeps, cancelScan } from "./cancel-scan.ts";

const jobId = "019bd000-0000-7000-8000-000000000001";
const message: ScanMessage = {
  job_id: jobId,
  user_id: "me",
  image_url: "https://cdn.example.com/a.jpg",
  user_input: "",
  model: "local",
  submitted_at: 1,
};
const answer = { job_id: jobId, status: "cancelling" } as const;

function stored(status: StoredResult["status"], code?: string): StoredResult {
  const error = code ? { code, message: "" } : null;
  return { status, vision: null, answer: null, reward: null, error };
}

/** A job whose newest event is `latest`; none: forgotten by Redis. */
function given(
  latest?: ScanStep & { epoch?: number },
  overrides: Partial<CancelDeps> = {},
  standing?: StoredResult,
) {
  const steps: unknown[] = [];
  const job = { id: jobId, epoch: latest?.epoch ?? 0 };
  const deps: CancelDeps = {
    clock: { now: () => 7 },
    state: async () => latest && { userId: "me", latest: scanEvent(job, latest, 0) },
    storedResult: async () => undefined,
    requestCancel: async () => {
      steps.push("request");
      return true;
    },
    submitted: async () => message,
    results: {
      saveResult: async ({ epoch }, result, at) => {
        steps.push(["save", epoch, result.error?.code, at]);
        return standing ?? result;
      },
    },
    events: {
      emitEnd: async ({ epoch }, ends) => {
        steps.push([epoch, ...ends.map(({ stage, status }) => `${stage} ${status}`)]);
      },
    },
    ...overrides,
  };
  return { deps, steps, cancel: (userId = "me") => cancelScan(deps, userId, jobId) };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.catch((reason: unknown) => reason);
  return error instanceof Fault ? error.code : "none";
}

describe("cancelScan", () => {
  test.each([
    ["queued", "started", "vision"],
    ["vision", "started", "vision"],
    ["vision", "completed", "rule"],
    ["rule", "completed", "answer"],
    ["answer", "started", "answer"],
    ["answer", "completed", "reward"],
  ] as const)("after %s %s asks first, then ends the scan at %s", async (stage, status, last) => {
    const { cancel, steps } = given({ stage, status });
    expect(await cancel()).toEqual(answer);
    expect(steps).toEqual([
      "request",
      ["save", 0, "CANCELLED", 7],
      [0, `${last} failed`, "done failed"],
    ]);
  });

  test("ends the epoch the scan is in", async () => {
    const { cancel, steps } = given({ stage: "vision", status: "started", epoch: 2 });
    await cancel();
    expect(steps).toContainEqual([2, "vision failed", "done failed"]);
  });

  test("holds also when the scan cannot be ended here", async () => {
    const results = { saveResult: () => Promise.reject(new Fault("UNAVAILABLE")) };
    const running = { stage: "vision", status: "started" } as const;
    expect(await given(running, { results }).cancel()).toEqual(answer);
    const forgotten = given(running, { submitted: async () => undefined });
    expect(await forgotten.cancel()).toEqual(answer);
    expect(forgotten.steps).toEqual(["request"]);
  });

  test("that finds the scan ended otherwise emits the end that stands, and holds all the same", async () => {
    const running = { stage: "answer", status: "completed" } as const;
    const { cancel, steps } = given(running, {}, stored("completed"));
    expect(await cancel()).toEqual(answer);
    expect(steps.at(-1)).toEqual([0, "reward completed", "done completed"]);
  });

  test("does not promise what could not be made durable", async () => {
    const away = { requestCancel: () => Promise.reject(new Fault("UNAVAILABLE")) };
    const { cancel, steps } = given({ stage: "vision", status: "started" }, away);
    expect(await codeOf(cancel())).toBe("UNAVAILABLE");
    expect(steps).toEqual([]);
  });

  test("is too late once the last stage has begun", async () => {
    const sealed = { requestCancel: async () => false };
    const { cancel, steps } = given({ stage: "answer", status: "completed" }, sealed);
    expect(await codeOf(cancel())).toBe("SCAN_FINISHED");
    expect(steps).toEqual([]);
  });

  test("is answered alike when another one ends the scan after its state was read", async () => {
    const { cancel, steps } = given(
      { stage: "vision", status: "started" },
      {
        requestCancel: async () => false,
        storedResult: async () => ({ userId: "me", result: stored("failed", "CANCELLED") }),
      },
    );
    expect(await cancel()).toEqual(answer);
    expect(steps).toEqual([]);
  });

  test.each([
    ["completed", undefined, "SCAN_FINISHED"],
    ["failed", "MODEL_REFUSED", "SCAN_FINISHED"],
    ["failed", "CANCELLED", "none"],
  ] as const)("of a scan that has %s (%s) answers %s", async (status, code, expected) => {
    const result = { userId: "me", result: stored(status, code) };
    for (const latest of [{ stage: "done", status } as const, undefined]) {
      const { cancel, steps } = given(latest, { storedResult: async () => result });
      expect(await codeOf(cancel())).toBe(expected);
      expect(steps).toEqual([]);
    }
  });

  test("is only for the owner, and does not show that there is such a job", async () => {
    const running = given({ stage: "vision", status: "started" });
    const result = { userId: "me", result: stored("completed") };
    const finished = given(undefined, { storedResult: async () => result });
    for (const { cancel, steps } of [running, finished]) {
      expect(await codeOf(cancel("stranger"))).toBe("JOB_NOT_FOUND");
      expect(steps).toEqual([]);
    }
    expect(await codeOf(given().cancel())).toBe("JOB_NOT_FOUND");
  });
});
