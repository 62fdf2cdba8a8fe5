import { isTerminal } from "#lib/scan/epoch.ts";
import type { Random } from "#lib/testing/random.ts";
import { createApiClient, statusOf } from "../harness/api-client.ts";
import type { Follow, Job, ReadResult } from "./history.ts";
import { readResult } from "./read-result.ts";

/** How long an impatient client stays connected, in milliseconds. */
const stayMs = { min: 40, max: 900 };
const reconnectMs = { min: 20, max: 250 };
/** Share of the clients that disconnect by themselves; the others stay until the stream breaks. */
const impatientShare = 0.5;
const resultDeadlineMs = 30_000;

/**
 * Follows a job to its end as a browser does: reconnects with the last id it saw, whenever the stream
 * breaks. Half of the clients also disconnect by themselves. Ends at the signal.
 */
export async function followJob(
  origin: string,
  job: Pick<Job, "id" | "userId">,
  { random, signal }: { random: Random; signal: AbortSignal },
): Promise<Follow> {
  const seen: { seq: number; at: number }[] = [];
  const refusals: number[] = [];
  const isImpatient = random.chance(impatientShare);
  const api = createApiClient(origin, { "x-user-id": job.userId });
  let connects = 0;
  let resultAtEnd: Promise<ReadResult | undefined> | undefined;
  const onEvent = ({ seq }: { seq: number }): void => {
    seen.push({ seq, at: Date.now() });
    // While the stream is still open: the result must be readable at this very moment.
    if (isTerminal(seq)) resultAtEnd ??= readResult(origin, job, resultDeadlineMs);
  };
  while (!signal.aborted) {
    connects++;
    const ms = isImpatient && connects < 4 ? random.between(stayMs.min, stayMs.max) : 60_000;
    const disconnect = AbortSignal.any([signal, AbortSignal.timeout(Math.round(ms))]);
    const options = { after: seen.at(-1)?.seq, signal: disconnect };
    // Undefined where this client or the fault has ended the stream.
    const status = await api
      .follow(`/api/v1/stream?job_id=${job.id}`, onEvent, options)
      .catch(statusOf);
    if (resultAtEnd || status === 204) break;
    if (status !== undefined && status !== 200 && status !== 503) refusals.push(status);
    await Bun.sleep(random.between(reconnectMs.min, reconnectMs.max));
  }
  return { jobId: job.id, seen, connects, refusals, resultAtEnd: await resultAtEnd };
}
