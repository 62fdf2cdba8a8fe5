import type { ScanResult } from "#lib/scan/scan-result.ts";
import { createApiClient, statusOf } from "../harness/api-client.ts";
import type { Job, ReadResult } from "./history.ts";

const requestMs = 5_000;
const pollMs = 100;

/**
 * Reads a result as a client would: without a response, or after a 503, it tries again until the
 * deadline; any other response is final.
 */
export async function readResult(
  origin: string,
  { id, userId }: Pick<Job, "id" | "userId">,
  deadlineMs: number,
): Promise<ReadResult | undefined> {
  const api = createApiClient(origin, { "x-user-id": userId }, requestMs);
  const deadline = performance.now() + deadlineMs;
  while (performance.now() < deadline) {
    try {
      return toResult(await api.result(`/api/v1/scan/result/${id}`));
    } catch (error) {
      // Without a response the edge is being restarted, or hangs.
      const http = statusOf(error);
      if (http !== undefined && http !== 503) return { http };
    }
    await Bun.sleep(pollMs);
  }
  return undefined;
}

function toResult({ status, pipeline_result, reward, error }: ScanResult): ReadResult {
  return {
    http: 200,
    status,
    token: pipeline_result?.classification_result.meta.user_input,
    errorCode: error?.code,
    reward: reward ? { received: reward.received, code: reward.character_code } : undefined,
  };
}
