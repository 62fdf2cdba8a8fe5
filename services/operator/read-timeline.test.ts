import { describe, expect, test } from "bun:test";
import { scanEvent } from "#lib/scan/scan-event.ts";
import type { Stage, StageStatus } from "#lib/scan/stage.ts";
import { readTimeline } from "./read-timeline.ts";

const id = "0190a5b0-0000-7000-8000-000000000001";
const t0 = 1_750_000_000_000;
type Said = readonly [afterMs: number, stage: Stage, status: StageStatus, epoch?: number];

function timelineOf(said: readonly Said[], stored?: "completed" | "failed") {
  const events = said.map(([afterMs, stage, status, epoch = 0]) => {
    const result = status === "failed" ? { code: "MODEL_TIMEOUT", message: "늦었어요" } : null;
    return scanEvent({ id, epoch }, { stage, status, result }, t0 + afterMs);
  });
  const row = stored && {
    ...{ status: stored, model: "gpt-5.2" },
    ...{ submittedAt: new Date(t0), finishedAt: new Date(t0 + 9_000) },
  };
  return readTimeline({ replay: async () => events, stored: async () => row }, id);
}

const whole: Said[] = [
  [0, "queued", "started"],
  [200, "vision", "started"],
  [1_200, "vision", "completed"],
  [1_250, "rule", "completed"],
  [1_300, "answer", "started"],
  [3_300, "answer", "completed"],
  [3_400, "reward", "completed"],
  [3_400, "done", "completed"],
];

describe("the timeline of a scan", () => {
  test("tells waiting from working, stage by stage", async () => {
    const { steps, status, submitted_at, finished_at, model } = await timelineOf(
      whole,
      "completed",
    );
    expect(steps.map((one) => [one.stage, one.from_ms, one.waited_ms, one.ran_ms])).toEqual([
      ["queued", 0, 0, 0],
      ["vision", 0, 200, 1_000],
      ["rule", 1_200, 0, 50],
      ["answer", 1_250, 50, 2_000],
      ["reward", 3_300, 0, 100],
      ["done", 3_400, 0, 0],
    ]);
    expect([status, model]).toEqual(["completed", "gpt-5.2"]);
    expect(Date.parse(finished_at ?? "") - Date.parse(submitted_at)).toBe(3_400);
  });

  test("of one that runs has an open step, and no end", async () => {
    const { steps, status, finished_at } = await timelineOf(whole.slice(0, 5));
    expect([status, finished_at]).toEqual(["running", null]);
    expect(steps.at(-1)).toMatchObject({ stage: "answer", status: "started", ran_ms: null });
  });

  test("goes on after a redrive, and says why it was needed", async () => {
    const failed: Said[] = [
      ...whole.slice(0, 5),
      [5_000, "answer", "failed"],
      [5_000, "done", "failed"],
    ];
    const first = await timelineOf(failed, "failed");
    expect(first.status).toBe("failed");
    expect(first.steps.at(-2)).toMatchObject({
      stage: "answer",
      code: "MODEL_TIMEOUT",
      ran_ms: 3_700,
    });
    const again: Said[] = [
      [65_000, "answer", "started", 1],
      [66_000, "answer", "completed", 1],
    ];
    const second = await timelineOf([...failed, ...again], "failed");
    expect(second.status).toBe("running");
    expect(second.steps.at(-1)).toMatchObject({ redrive: 1, waited_ms: 60_000, ran_ms: 1_000 });
  });

  test("that Redis has forgotten has the times that are stored, and no steps", async () => {
    const { steps, status, finished_at } = await timelineOf([], "failed");
    expect([steps, status]).toEqual([[], "failed"]);
    expect(Date.parse(finished_at ?? "")).toBe(t0 + 9_000);
  });

  test("of no scan is none", async () => {
    expect(timelineOf([])).rejects.toMatchObject({ code: "JOB_NOT_FOUND" });
  });
});
