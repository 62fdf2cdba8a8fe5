import { isTerminal } from "#lib/scan/epoch.ts";
import type { Breach, Follow, History, Job, LoggedEvent, ReadResult } from "./history.ts";

/**
 * A client that reconnects sees every event once and in order, to the end, and can read the result the
 * moment it sees the end. Where Redis was wiped, what was written before may be gone; nothing else may.
 */
export function* checkFollows(history: History): Generator<Breach> {
  const jobOf = new Map(history.jobs.map((job) => [job.id, job]));
  const eventsOf = Map.groupBy(history.events, ({ jobId }) => jobId);
  const wipedAt = history.interruptions.findLast(({ kind }) => kind === "wipe")?.to;
  for (const follow of history.follows) {
    const job = jobOf.get(follow.jobId);
    if (!job) continue;
    const events = eventsOf.get(job.id) ?? [];
    for (const detail of problemsOf(follow, events, wipedAt)) {
      yield { guarantee: "sse", jobId: job.id, detail };
    }
    const last = follow.seen.at(-1);
    const end = events.find(({ seq }) => seq === last?.seq && isTerminal(seq));
    const wrong = end && wrongResult(job, follow.resultAtEnd, end.status);
    if (wrong)
      yield { guarantee: "result", jobId: job.id, detail: `right after its end, ${wrong}` };
  }
}

function* problemsOf(
  { seen, connects, refusals }: Follow,
  events: readonly LoggedEvent[],
  wipedAt: number | undefined,
): Generator<string> {
  const seqs = seen.map(({ seq }) => seq);
  const back = seqs.find((seq, i) => i > 0 && seq <= (seqs[i - 1] ?? -1));
  if (back !== undefined) yield `event ${back} came after ${seqs.join(" ")}`;
  // An end that is stored already is told from there where Redis has forgotten the scan: without what Redis is told
  // in one step with it.
  const end = events.find(({ seq }) => seq === seqs.at(-1) && isTerminal(seq));
  const missing = events.filter(({ seq, ts }) => {
    if (seqs.includes(seq)) return false;
    if (wipedAt === undefined) return true;
    if (ts === end?.ts) return false;
    const before = seen.filter(({ at }) => at <= wipedAt).map((one) => one.seq);
    return ts > wipedAt && seq > Math.max(-1, ...before);
  });
  const invented = seqs.find((seq) => !events.some((event) => event.seq === seq));
  if (missing.length > 0) {
    yield `never saw ${missing.map(({ seq }) => seq).join(" ")} in ${connects} connections`;
  } else if (invented !== undefined) yield `saw event ${invented}, which was never written`;
  if (wipedAt === undefined && refusals.length > 0) yield `was answered ${refusals.join(", ")}`;
}

/** Why a result is not the one this job's end announced; undefined when it is. */
export function wrongResult(job: Job, result: ReadResult | undefined, endedAs: string) {
  if (result?.http !== 200) return `the result answers ${result?.http ?? "nothing"}`;
  if (result.status !== endedAs) return `ended as ${endedAs}, the result says ${result.status}`;
  const isOther = result.token !== undefined && result.token !== job.token;
  return isOther ? "the result is another job's" : undefined;
}
