import { isTerminal } from "#lib/scan/epoch.ts";
import type { Follow, Job, ReadResult } from "./history.ts";
import type { Random } from "./random.ts";
import { readResult } from "./read-result.ts";

/** How long a client goes without a cut of its own, in milliseconds; the fault adds others. */
const patienceMs = { min: 40, max: 900 };
const reconnectMs = { min: 20, max: 250 };
/** Of a client that cuts itself off; the rest stays until it is cut. */
const restlessShare = 0.5;
const resultDeadlineMs = 30_000;

/**
 * Follows a job to its end as a browser does: reconnects with the last id it saw, whenever the stream
 * breaks. Half of the clients also break it themselves. Gives up at the signal.
 */
export async function followJob(
  origin: string,
  job: Pick<Job, "id" | "userId">,
  { random, signal }: { random: Random; signal: AbortSignal },
): Promise<Follow> {
  const seen: { seq: number; at: number }[] = [];
  const refusals: number[] = [];
  const isRestless = random.chance(restlessShare);
  let connects = 0;
  let resultAtEnd: Promise<ReadResult | undefined> | undefined;
  while (!signal.aborted) {
    connects++;
    // A cut may tear an event apart: what was not whole counts as not seen.
    const patience =
      isRestless && connects < 4 ? random.between(patienceMs.min, patienceMs.max) : 60_000;
    const cut = AbortSignal.any([signal, AbortSignal.timeout(Math.round(patience))]);
    const status = await connect(origin, job, seen.at(-1)?.seq, cut, (seq) => {
      seen.push({ seq, at: Date.now() });
      // At once, while the stream is still open: this is the moment that must not be too early.
      if (isTerminal(seq)) resultAtEnd ??= readResult(origin, job, resultDeadlineMs);
    });
    if (resultAtEnd || status === 204) break;
    if (status !== undefined && status !== 200 && status !== 503) refusals.push(status);
    await Bun.sleep(random.between(reconnectMs.min, reconnectMs.max));
  }
  return { jobId: job.id, seen, connects, refusals, resultAtEnd: await resultAtEnd };
}

/** @returns the HTTP status; undefined when there was no answer. */
async function connect(
  origin: string,
  { id, userId }: Pick<Job, "id" | "userId">,
  lastSeq: number | undefined,
  signal: AbortSignal,
  onEvent: (seq: number) => void,
): Promise<number | undefined> {
  let status: number | undefined;
  try {
    const response = await fetch(`${origin}/api/v1/stream?job_id=${id}`, {
      headers: {
        "x-user-id": userId,
        ...(lastSeq === undefined ? {} : { "last-event-id": String(lastSeq) }),
      },
      signal,
    });
    status = response.status;
    if (status !== 200 || !response.body) {
      await response.body?.cancel();
      return status;
    }
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of response.body) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const seq = /^id: (\d+)$/m.exec(block)?.[1];
        if (seq !== undefined) onEvent(Number(seq));
      }
    }
  } catch {
    // Cut, by us or by the fault.
  }
  return status;
}
