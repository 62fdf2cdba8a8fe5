import { describe, expect, test } from "bun:test";
import { scanEvent } from "#lib/scan/scan-event.ts";
import type { OwnedResult } from "#lib/scan/scan-result.ts";
import type { Feedback } from "../feedback.ts";
import type { ScanRoutesDeps } from "./http.ts";
import { given, jobId, json, problemOf, submits } from "./http-fixture.ts";

const nothing = { vision: null, answer: null, reward: null };
const failed = { code: "CANCELLED", message: "취소했어요." };
const scanOf = (userId: string, status: "completed" | "failed"): OwnedResult => ({
  userId,
  result: { ...nothing, status, error: status === "failed" ? failed : null },
});

/** A store of one scan, the caller's, unless said otherwise. */
function store(scan: OwnedResult | undefined = scanOf("u", "completed")) {
  const kept = new Map<string, Feedback>();
  const deps: Partial<ScanRoutesDeps> = {
    storedResult: async () => scan,
    saveFeedback: async (userId, feedback) => {
      if (scan?.userId !== userId || scan.result.status !== "completed") return undefined;
      const isFirst = !kept.has(feedback.job_id);
      kept.set(feedback.job_id, feedback);
      return isFirst ? "first" : "replaced";
    },
  };
  const { app } = given(deps);
  return { kept, say: (body: unknown, path = jobId) => sayTo(app, body, path) };
}

function sayTo(app: ReturnType<typeof given>["app"], body: unknown, path = jobId) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return app.request(`/api/v1/scan/${path}/feedback`, {
    method: "POST",
    headers: json,
    body: text,
  });
}

describe("POST /scan/{job_id}/feedback", () => {
  test("keeps what the owner says, and the last of it", async () => {
    const { say, kept } = store();
    const first = await say({ verdict: "wrong", category: "유리병", note: " 유리예요\0 " });
    expect([first.status, await first.json()]).toEqual([
      201,
      { job_id: jobId, verdict: "wrong", category: "유리병", note: "유리예요" },
    ]);
    const second = await say({ verdict: "right" });
    const right = { job_id: jobId, verdict: "right", category: null, note: null } as const;
    expect([second.status, await second.json()]).toEqual([200, right]);
    expect([...kept.values()]).toEqual([right]);
  });

  test("null is as good as nothing, and so is a note of blanks", async () => {
    const { say, kept } = store();
    expect((await say({ verdict: "right", category: null, note: null })).status).toBe(201);
    expect((await say({ verdict: "right", note: " \n" })).status).toBe(200);
    expect(kept.get(jobId)).toMatchObject({ category: null, note: null });
  });

  test.each<[unknown, string]>([
    [{ verdict: "wrong", category: "유리" }, "FEEDBACK_CATEGORY_UNKNOWN"],
    [{ verdict: "wrong", category: "재활용폐기물" }, "FEEDBACK_CATEGORY_UNKNOWN"],
    [{ verdict: "wrong", category: "미분류" }, "FEEDBACK_CATEGORY_UNKNOWN"],
    [{ verdict: "wrong", category: ["유리병"] }, "FEEDBACK_CATEGORY_UNKNOWN"],
    [{ verdict: "wrong", note: "가".repeat(501) }, "FEEDBACK_NOTE_TOO_LONG"],
    [{ verdict: "wrong", note: 1 }, "VALIDATION_FAILED"],
    [{ verdict: "maybe" }, "VALIDATION_FAILED"],
    [{}, "VALIDATION_FAILED"],
    ["{", "MALFORMED_JSON"],
  ])("%j is refused as %s", async (body, code) => {
    const { say, kept } = store();
    expect(await problemOf(await say(body))).toEqual([400, code]);
    expect(kept.size).toBe(0);
  });

  test("the longest note fits, composed or not", async () => {
    const note = "각".repeat(500);
    expect((await store().say({ verdict: "wrong", note })).status).toBe(201);
    expect((await store().say({ verdict: "wrong", note: note.normalize("NFD") })).status).toBe(201);
  });

  test("a scan of another user, and none at all, do not exist", async () => {
    const stranger = store(scanOf("other", "completed"));
    expect(await problemOf(await stranger.say({ verdict: "right" }))).toEqual([
      404,
      "JOB_NOT_FOUND",
    ]);
    const { app } = given({ storedResult: async () => undefined });
    expect(await problemOf(await sayTo(app, { verdict: "right" }))).toEqual([404, "JOB_NOT_FOUND"]);
    expect(await problemOf(await sayTo(app, { verdict: "right" }, "1"))).toEqual([
      400,
      "INVALID_JOB_ID",
    ]);
  });

  test("only a completed scan has an answer to speak of", async () => {
    const ended = store(scanOf("u", "failed"));
    expect(await problemOf(await ended.say({ verdict: "wrong" }))).toEqual([
      409,
      "SCAN_NOT_COMPLETED",
    ]);
    const update = { stage: "vision", status: "started" } as const;
    const latest = scanEvent({ id: jobId, epoch: 0 }, update, 0);
    const state = { userId: "u", latest };
    const { app } = given({ state: async () => state });
    expect(await problemOf(await sayTo(app, { verdict: "wrong" }))).toEqual([
      409,
      "SCAN_NOT_COMPLETED",
    ]);
  });

  test("is limited as submits are, in a window of its own, which it shows", async () => {
    const own = { ...submits, name: "feedback", remaining: 0 };
    const { app } = given({ countFeedback: async () => ({ own, scope: "user" }) });
    const refused = await sayTo(app, { verdict: "right" });
    expect(await problemOf(refused)).toEqual([429, "RATE_LIMITED"]);
    expect(refused.headers.get("ratelimit")).toBe('"feedback";r=0;t=30');
  });
});
