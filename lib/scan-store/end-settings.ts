import type { StoredResult } from "#lib/scan/scan-result.ts";
import type { Setting } from "./emit-events.ts";
import { cachedResult } from "./read-scan.ts";
import { resultTtlS, scanKeys } from "./scan-keys.ts";

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
  return [
    { key: scanKeys.result(jobId), value: cachedResult(userId, result), ttlS: resultTtlS },
    ...deleted.map((key) => ({ key, value: "", ttlS: 0 })),
  ];
}
