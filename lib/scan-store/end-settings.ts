import type { StoredResult } from "#lib/scan/scan-result.ts";
import type { Setting } from "./emit-events.ts";
import { cachedResult } from "./read-scan.ts";
import { resultTtlS, scanKeys } from "./scan-keys.ts";

/**
 * What a finished job keeps, written in the same step as its end: the result. What only a running one
 * needs is dropped. A cancel stays: the job's message may still lie in a queue.
 */
export function endSettings(jobId: string, userId: string, result: StoredResult): Setting[] {
  const { request, checkpoint, cancel } = scanKeys;
  const spent = [request(jobId)];
  if (result.error?.code !== "CANCELLED") spent.push(cancel(jobId));
  // What a failed job has paid for, a redrive of it shall not pay again.
  if (result.status === "completed" || result.error?.code === "CANCELLED") {
    spent.push(checkpoint(jobId, "vision"), checkpoint(jobId, "answer"));
  }
  return [
    { key: scanKeys.result(jobId), value: cachedResult(userId, result), ttlS: resultTtlS },
    ...spent.map((key) => ({ key, value: "", ttlS: 0 })),
  ];
}
