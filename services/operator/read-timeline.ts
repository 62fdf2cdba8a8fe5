import * as v from "valibot";
import { named } from "#lib/contract/named.ts";
import { Fault } from "#lib/error/fault.ts";
import { epochOf, isTerminal } from "#lib/scan/epoch.ts";
import type { ScanEvent } from "#lib/scan/scan-event.ts";
import { STAGES, STATUSES } from "#lib/scan/stage.ts";

const ms = v.pipe(v.number(), v.minValue(0));
const at = v.pipe(v.string(), v.isoTimestamp());

const TimelineStep = v.object({
  /** 0, and one more after each redrive. */
  redrive: v.number(),
  stage: v.picklist(STAGES),
  /** `started`: it still runs, or its process is gone. */
  status: v.picklist(STATUSES),
  /** After the submit. */
  from_ms: ms,
  /** Before it said that it had started; of a stage that says so only at its end, 0. */
  waited_ms: ms,
  ran_ms: v.nullable(ms),
  /** Why it failed. */
  code: v.nullable(v.string()),
});
type TimelineStep = v.InferOutput<typeof TimelineStep>;

/** How one scan went: when and for how long, and nothing of whose or of what. */
export const Timeline = named(
  "JobTimeline",
  v.object({
    job_id: v.pipe(v.string(), v.uuid()),
    status: v.picklist(["running", "completed", "failed"]),
    submitted_at: at,
    finished_at: v.nullable(at),
    model: v.nullable(v.string()),
    /** Empty where Redis has forgotten them, an hour after the end. */
    steps: v.array(TimelineStep),
  }),
);
export type Timeline = v.InferOutput<typeof Timeline>;

export interface TimelineDeps {
  /** Rising by seq; empty when unknown or forgotten. */
  replay(jobId: string): Promise<readonly ScanEvent[]>;
  /** Of a finished scan. */
  stored(jobId: string): Promise<StoredTimes | undefined>;
}

export interface StoredTimes {
  readonly status: "completed" | "failed";
  readonly model: string;
  readonly submittedAt: Date;
  readonly finishedAt: Date;
}

/** @throws Fault `JOB_NOT_FOUND` */
export async function readTimeline(
  { replay, stored }: TimelineDeps,
  jobId: string,
): Promise<Timeline> {
  const [events, row] = await Promise.all([replay(jobId), stored(jobId)]);
  const [first, last] = [events[0], events.at(-1)];
  const begun = first?.ts ?? row?.submittedAt.getTime();
  if (begun === undefined) throw new Fault("JOB_NOT_FOUND");
  const isOver = last !== undefined && isTerminal(last.seq);
  // A redrive runs on where its first epoch has left a row.
  const isRunning = last !== undefined && !isOver;
  const status = isOver && last.status === "completed" ? "completed" : (row?.status ?? "failed");
  const finished = isOver ? last.ts : row?.finishedAt.getTime();
  return {
    job_id: jobId,
    status: isRunning ? "running" : status,
    submitted_at: new Date(begun).toISOString(),
    finished_at: isRunning || finished === undefined ? null : new Date(finished).toISOString(),
    model: row?.model ?? null,
    steps: stepsOf(events, begun),
  };
}

/** Times are those of the processes that emitted the events: their clocks may differ by some milliseconds. */
function stepsOf(events: readonly ScanEvent[], begun: number): TimelineStep[] {
  const steps: TimelineStep[] = [];
  let previous = begun;
  for (const { stage, status, seq, ts, result } of events) {
    const since = Math.max(0, ts - previous);
    const open = steps.at(-1);
    const redrive = epochOf(seq);
    const isSame = open?.stage === stage && open.redrive === redrive && open.ran_ms === null;
    const code = status === "failed" ? String(result?.code ?? "") : null;
    if (isSame) steps[steps.length - 1] = { ...open, status, ran_ms: since, code };
    else {
      const from_ms = Math.max(0, previous - begun);
      // A submit takes no time, and says nothing more.
      const isStart = status === "started" && stage !== "queued";
      const times = { waited_ms: isStart ? since : 0, ran_ms: isStart ? null : since };
      steps.push({ redrive, stage, status, from_ms, ...times, code });
    }
    previous = Math.max(previous, ts);
  }
  return steps;
}
