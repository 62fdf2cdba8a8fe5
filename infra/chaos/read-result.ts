import * as v from "valibot";
import type { ReadResult } from "./history.ts";

const requestMs = 5_000;

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
 * Reads a result as a client would: an edge that is away or says 503 is asked again until the deadline;
 * any other answer is the answer.
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
      if (response.status !== 503) return await describe(response);
      await response.body?.cancel();
    } catch {
      // The edge is being restarted, or hangs.
    }
    await Bun.sleep(100);
  }
  return undefined;
}

async function describe(response: Response): Promise<ReadResult> {
  if (!response.ok) {
    await response.body?.cancel();
    return { http: response.status };
  }
  const { status, pipeline_result, reward, error } = v.parse(Body, await response.json());
  const token = pipeline_result?.classification_result.meta.user_input;
  return {
    http: response.status,
    ...(status === undefined ? {} : { status }),
    ...(token === undefined ? {} : { token }),
    ...(error ? { errorCode: error.code } : {}),
    ...(reward
      ? {
          reward: {
            received: reward.received,
            alreadyOwned: reward.already_owned,
            code: reward.character_code,
          },
        }
      : {}),
  };
}
