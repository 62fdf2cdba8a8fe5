import type { PaidStage } from "#lib/scan/scan-events.ts";

/** Redis keys of a scan. Names are contracts: other programs read them. */
export const scanKeys = {
  replay: (jobId: string) => `scan:replay:${jobId}`,
  state: (jobId: string) => `scan:state:${jobId}`,
  result: (jobId: string) => `scan:result:${jobId}`,
  /** What was submitted, while the job runs: who cancels it before a worker has it needs it. */
  request: (jobId: string) => `scan:request:${jobId}`,
  /** `cancelled` or `sealed`, whichever came first: see `services/worker/cancellable.ts`. */
  cancel: (jobId: string) => `scan:cancel:${jobId}`,
  checkpoint: (jobId: string, stage: PaidStage) => `scan:checkpoint:${jobId}:${stage}`,
  idempotency: (userId: string, key: string) => `scan:idempotency:${userId}:${key}`,
  /** Which job is about to be granted the character. */
  reservation: (userId: string, code: string) => `character:reservation:${userId}:${code}`,
  events: (shard: number) => `scan:events:${shard}`,
} as const;

/**
 * All that Redis keeps of what one job was about. Not the word under `cancel`, which names nobody: its
 * message may lie in a queue, and would be worked on without it.
 */
export function contentKeys(jobId: string): string[] {
  const { replay, state, result, request, checkpoint } = scanKeys;
  const keys = [replay, state, result, request].map((key) => key(jobId));
  return [...keys, checkpoint(jobId, "vision"), checkpoint(jobId, "answer")];
}

/** Redis channel on which every worker hears the id of a job that was cancelled. */
export const cancelChannel = "scan:cancel";

export const shardCount = 4;
/** How long a finished or silent job can be replayed. */
export const replayTtlS = 3_600;
export const resultTtlS = 3_600;
/** As long as a message may lie in one queue. */
export const cancelTtlS = 3_600;
export const idempotencyTtlS = 24 * 3_600;
/** Entries kept per shard stream, approximately; a tailer further behind reads the replay logs. */
export const shardEntriesMax = 10_000;

/** First 8 bytes of md5(job_id), big-endian, mod 4: of such a number the last byte decides. */
export function shardOf(jobId: string): number {
  const digest = Bun.MD5.hash(jobId, new Uint8Array(16));
  return Number(digest[7]) % shardCount;
}
