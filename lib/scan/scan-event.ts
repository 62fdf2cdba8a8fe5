import * as v from "valibot";
import { epochOf, seqOf, stepOf } from "./epoch.ts";
import { type OpenStage, STAGES, STATUSES, type Stage, type StageStatus } from "./stage.ts";

/**
 * The life of a scan. Its events are its states, and the newest one is where it is.
 *
 *   submit           worker                                                    worker
 *   ──────▶ queued ──────▶ vision ──────▶ rule ──────▶ answer ──────▶ reward ──────▶ done completed
 *              │              │             │             │              │
 *              └──────────────┴─────────────┴─────────────┴──────────────┴─────────▶ done failed
 *                             ▲             ▲             ▲              ▲                │
 *                             └─────────────┴─────────────┴──────────────┴────── redrive ─┘
 *
 *   queued     the scan service, before it publishes the message
 *   vision …   the worker, one task per stage: `started` where a model is called, then `completed`
 *   done       `endScan`, and nobody else: for the reward stage, which completes the scan; for a stage with
 *              no tries left; for the owner's cancel, which comes too late once reward has begun; for a
 *              dead letter whose scan has no end yet
 *   redrive    begins the next epoch at the stage that failed; not after a cancel
 *
 * Every epoch ends in exactly one `done`, and takes no event after it.
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
  /** Of the request that submitted it, where its trace is recorded. */
  readonly traceparent?: string | undefined;
}

/** A stage with its status and its public output. */
export interface ScanStep {
  readonly stage: Stage;
  readonly status: StageStatus;
  readonly result?: Readonly<Record<string, unknown>> | null;
}

/** A step that leaves the scan open. Only `endScan` emits `done`. */
export interface StageUpdate extends ScanStep {
  readonly stage: OpenStage;
}

/** @param ts milliseconds since the Unix epoch */
export function scanEvent(
  job: { readonly id: string; readonly epoch: number },
  { stage, status, result = null }: ScanStep,
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

/** The event of this seq, from what the seq does not say. */
export function eventOfSeq(
  jobId: string,
  seq: number,
  { ts, result }: Pick<ScanEvent, "ts" | "result">,
): ScanEvent {
  return scanEvent({ id: jobId, epoch: epochOf(seq) }, { ...stepOf(seq), result }, ts);
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
