import * as v from "valibot";

/**
 * The events of one scan, in the order a client sees them.
 *
 *   queued → vision → rule → answer → reward → done
 *
 * `started` is emitted by the stages that take seconds (vision, answer) and by `queued`; every other
 * stage is over before a client could show that it began. Each epoch (one try, or one redrive) ends
 * in exactly one `done completed` or `done failed`.
 */
export const STAGES = ["queued", "vision", "rule", "answer", "reward", "done"] as const;
export type Stage = (typeof STAGES)[number];

export const STATUSES = ["started", "completed", "failed"] as const;
export type EventStatus = (typeof STATUSES)[number];

export const ScanEvent = v.object({
  job_id: v.string(),
  stage: v.picklist(STAGES),
  status: v.picklist(STATUSES),
  /** `redrive×100 + stage×10 + {started 0, completed 1, failed 2}`; strictly rising per job. */
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
export interface Happening {
  readonly stage: Stage;
  readonly status: EventStatus;
  readonly result?: Readonly<Record<string, unknown>> | null;
}

export function scanEvent(
  job: { readonly id: string; readonly redrive: number },
  { stage, status, result = null }: Happening,
  ts: number,
): ScanEvent {
  return {
    job_id: job.id,
    stage,
    status,
    seq: job.redrive * epochSize + STAGES.indexOf(stage) * 10 + STATUSES.indexOf(status),
    ts,
    progress: progressAfter(stage, status),
    result,
  };
}

/** Sequence numbers a redrive moves on by; one epoch uses 0 to 52. */
export const epochSize = 100;

export function isTerminal(seq: number): boolean {
  return seq % epochSize >= STAGES.indexOf("done") * 10;
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
function progressAfter(stage: Stage, status: EventStatus): number {
  if (status === "completed" || stage === "done") return PROGRESS[stage];
  const before = STAGES[Math.max(0, STAGES.indexOf(stage) - 1)] ?? "queued";
  return PROGRESS[before];
}
