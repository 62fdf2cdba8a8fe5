import * as v from "valibot";
import type { ReadResult } from "./history.ts";

const requestMs = 5_000;
const pollMs = 100;

const Body = v.object({
  status: v.optional(v.string()),
  pipeline_result: v.nullish(
    v.object({
      classification_result: v.object({ meta: v.object({ user_input: v.string() }) }),
    }),
  ),
  reward: v.nullish(
    v.object({ received: v.boolean(), already_owned: v.boolean(), character_code: v.string() }),
  ),
  error: v.nullish(v.object({ code: v.string() })),
});

/**
 * Reads a result as a client would: without a response, or after a 503, it tries again until the
 * deadline; any other response is final.
 */
export async function readResult(
  origin: string,
  { id, userId }: { readonly id: string; readonly userId: string },
  deadlineMs: number,
): Promise<ReadResult | undefined> {
  const deadline = performance.now() + deadlineMs;
  while (performance.now() < deadline) {
    try {
      const response = await fetch(`${origin}/api/v1/scan/result/${id}`, {
        headers: { "x-user-id": userId },
        signal: AbortSignal.timeout(requestMs),
      });
      if (response.ok) return toResult(response.status, await response.json());
      await response.body?.cancel();
      if (response.status !== 503) return { http: response.status };
    } catch {
      // The edge is being restarted, or hangs.
    }
    await Bun.sleep(pollMs);
  }
  return undefined;
}

function toResult(http: number, body: unknown): ReadResult {
  const { status, pipeline_result, reward, error } = v.parse(Body, body);
  return {
    http,
    status,
    token: pipeline_result?.classification_result.meta.user_input,
    errorCode: error?.code,
    reward: reward ? { received: reward.received, code: reward.character_code } : undefined,
  };
}
