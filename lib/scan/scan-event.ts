import * as v from "valibot";
import { seqOf } from "./epoch.ts";
import { STAGES, STATUSES, type Stage, type StageStatus } from "./stage.ts";

/**
 * The events of one scan, in the order a client sees them.
 *
 *   queued → vision → rule → answer → reward → done
 *
 * `started` is emitted by the stages that take seconds (vision, answer) and by `queued`; every other
 * stage is over before a client could show that it began. Each epoch (one try, or one redrive) ends
 * in exactly one `done completed` or `done failed`.
 */
export const ScanEvent = v.object({
  job_id: v.string(),
  stage: v.picklist(STAGES),
  status: v.picklist(STATUSES),
  /** See `epoch.ts`; strictly rising per job. */
  seq: v.number(),
  /** Milliseconds since the Unix epoch. */
  ts: v.number(),
  /** Percent: 0, 25, 50, 75, 100. */
  progress: v.number(),
  /** A stage's public output: the classification, the reward, or `{code, message}` of a failure. */
  result: v.nullable(v.record(v.string(), v.unknown())),
});
export type ScanEvent = v.InferOutput<typeof ScanEvent>;

/** The newest event of a job and whose job it is. */
export interface ScanState {
  readonly userId: string;
  readonly latest: ScanEvent;
}

/** What a stage says; job, sequence, time and progress are added by `scanEvent`. */
export interface StageUpdate {
  readonly stage: Stage;
  readonly status: StageStatus;
  readonly result?: Readonly<Record<string, unknown>> | null;
}

export function scanEvent(
  job: { readonly id: string; readonly epoch: number },
  { stage, status, result = null }: StageUpdate,
  ts: number,
): ScanEvent {
  return {
    job_id: job.id,
    stage,
    status,
    seq: seqOf(job.epoch, stage, status),
    ts,
    progress: progressAfter(stage, status),
    result,
  };
}

const PROGRESS: Record<Stage, number> = {
  queued: 0,
  vision: 25,
  rule: 50,
  answer: 75,
  reward: 100,
  done: 100,
};

/** A stage that only started, or failed, has come as far as the stage before it. */
function progressAfter(stage: Stage, status: StageStatus): number {
  if (status === "completed" || stage === "done") return PROGRESS[stage];
  const before = STAGES[Math.max(0, STAGES.indexOf(stage) - 1)] ?? "queued";
  return PROGRESS[before];
}
