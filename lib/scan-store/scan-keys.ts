import type { PaidStage } from "#lib/scan/scan-events.ts";

/** Redis keys of a scan. Names are contracts: other programs read them. */
export const scanKeys = {
  replay: (jobId: string) => `scan:replay:${jobId}`,
  state: (jobId: string) => `scan:state:${jobId}`,
  result: (jobId: string) => `scan:result:${jobId}`,
  /** The submitted message while the job runs: a cancel ends the scan with it, wherever its message is. */
  request: (jobId: string) => `scan:request:${jobId}`,
  /**
   * `cancelled` or `sealed`, whichever came first: see `services/worker/cancellable.ts`. `retracted` is a job whose
   * submit was answered with an error, and whose message may come all the same: no stage of it begins.
   */
  cancel: (jobId: string) => `scan:cancel:${jobId}`,
  checkpoint: (jobId: string, stage: PaidStage) => `scan:checkpoint:${jobId}:${stage}`,
  /** Sorted set: jobs of the user that have not ended, by when they are no longer counted, in ms. */
  inFlight: (userId: string) => `scan:in-flight:${userId}`,
  idempotency: (userId: string, key: string) => `scan:idempotency:${userId}:${key}`,
  /** The job that the character is about to be granted to. */
  reservation: (userId: string, code: string) => `character:reservation:${userId}:${code}`,
  /** Hash: photos, by perceptual hash, that a character is about to be granted for, and its code. */
  photos: (userId: string) => `character:photos:${userId}`,
  events: (shard: number) => `scan:events:${shard}`,
} as const;

/**
 * Every key with personal data of one job, for the deletion of an account. `cancel` has none and stays:
 * the job's message may be in a queue, and would be worked on without it.
 */
export function contentKeys(jobId: string): string[] {
  const { replay, state, result, request, checkpoint } = scanKeys;
  const keys = [replay, state, result, request].map((key) => key(jobId));
  return [...keys, checkpoint(jobId, "vision"), checkpoint(jobId, "answer")];
}

/** Redis channel of cancel notices to all workers; each is the id of a cancelled job. */
export const cancelChannel = "scan:cancel";

export const shardCount = 4;
/** How long a finished or silent job can be replayed. */
export const replayTtlS = 3_600;
export const resultTtlS = 3_600;
/** As long as a message may lie in one queue: a job whose end was missed is counted no longer. */
export const inFlightTtlS = 3_600;
/** As long as a message may lie in one queue. */
export const cancelTtlS = 3_600;
/** An alarm may hold a message back for long before it comes to its queue. */
export const retractedTtlS = 24 * 3_600;
export const idempotencyTtlS = 24 * 3_600;
/** Entries kept per shard stream, approximately; a tailer further behind reads the replay logs. */
export const shardEntriesMax = 10_000;

/** First 8 bytes of md5(job_id), big-endian, mod 4: of such a number the last byte decides. */
export function shardOf(jobId: string): number {
  const digest = Bun.MD5.hash(jobId, new Uint8Array(16));
  return Number(digest[7]) % shardCount;
}
