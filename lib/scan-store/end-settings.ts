import type { StoredResult } from "#lib/scan/scan-result.ts";
import { compressResult } from "./compressed-result.ts";
import type { Setting } from "./emit-events.ts";
import { resultTtlS, scanKeys } from "./scan-keys.ts";

/**
 * Beside replay log and state, so that a job leaves `scanBytesMax` whatever its owner has asked and the model has
 * said. A longer result is read from Postgres, which has it before the scan ends.
 */
const cachedBytesMax = 856;

/**
 * The keys of a job that change in the step of its end: the result is set; keys that only a running job
 * needs are deleted. A cancel stays: the job's message may still be in a queue.
 */
export function endSettings(jobId: string, userId: string, result: StoredResult): Setting[] {
  const { request, checkpoint, cancel } = scanKeys;
  const deleted = [request(jobId)];
  if (result.error?.code !== "CANCELLED") deleted.push(cancel(jobId));
  // A redrive of a failed job must not pay again for its checkpoints.
  if (result.status === "completed" || result.error?.code === "CANCELLED") {
    deleted.push(checkpoint(jobId, "vision"), checkpoint(jobId, "answer"));
  }
  const value = compressResult({ userId, result });
  const ttlS = value.length <= cachedBytesMax ? resultTtlS : 0;
  return [
    { key: scanKeys.result(jobId), value, ttlS },
    { key: scanKeys.inFlight(userId), value: jobId, ttlS: -1 },
    ...deleted.map((key) => ({ key, value: "", ttlS: 0 })),
  ];
}
