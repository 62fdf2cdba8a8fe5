import { isTerminal } from "#lib/scan/epoch.ts";
import { type Breach, wrongResult } from "./breach.ts";
import type { Follow, History, Job, LoggedEvent } from "./history.ts";

/**
 * A client that reconnects sees every event once and in order, to the end, and can read the result the
 * moment it sees the end. Where Redis was wiped, what was written before may be gone; nothing else may.
 */
export function checkFollows(history: History): Breach[] {
  const jobOf = new Map(history.jobs.map((job) => [job.id, job]));
  const eventsOf = Map.groupBy(history.events, ({ jobId }) => jobId);
  return history.follows.flatMap((follow) => {
    const job = jobOf.get(follow.jobId);
    if (!job) return [];
    const wipedAt = history.interruptions.findLast(({ kind }) => kind === "wipe")?.to;
    const problems = [
      orderProblem(follow),
      gapProblem(follow, eventsOf.get(follow.jobId) ?? [], wipedAt),
      wipedAt === undefined ? refusalProblem(follow) : undefined,
    ].flatMap((detail): Breach[] => (detail ? [{ guarantee: "sse", jobId: job.id, detail }] : []));
    return [...problems, ...resultProblem(job, follow, eventsOf.get(follow.jobId) ?? [])];
  });
}

function orderProblem({ seen }: Follow): string | undefined {
  const back = seen.find(({ seq }, i) => i > 0 && seq <= (seen[i - 1]?.seq ?? -1));
  return back && `event ${back.seq} came after ${seen.map(({ seq }) => seq).join(" ")}`;
}

function gapProblem(
  { seen, connects }: Follow,
  events: readonly LoggedEvent[],
  wipedAt: number | undefined,
): string | undefined {
  const seenSeqs = new Set(seen.map(({ seq }) => seq));
  const missing = events.filter(({ seq, ts }) => {
    if (seenSeqs.has(seq)) return false;
    if (wipedAt === undefined) return true;
    const before = seen.filter(({ at }) => at <= wipedAt).map((one) => one.seq);
    return ts > wipedAt && seq > Math.max(-1, ...before);
  });
  if (missing.length > 0) {
    return `never saw ${missing.map(({ seq }) => seq).join(" ")} in ${connects} connections`;
  }
  const written = new Set(events.map(({ seq }) => seq));
  const invented = seen.find(({ seq }) => !written.has(seq));
  return invented && `saw event ${invented.seq}, which was never written`;
}

function refusalProblem({ refusals }: Follow): string | undefined {
  return refusals.length > 0 ? `was answered ${refusals.join(", ")}` : undefined;
}

function resultProblem(job: Job, follow: Follow, events: readonly LoggedEvent[]): Breach[] {
  const last = follow.seen.at(-1);
  const end = events.find(({ seq }) => seq === last?.seq);
  if (!last || !isTerminal(last.seq) || !end) return [];
  const wrong = wrongResult(job, follow.resultAtEnd, end.status);
  if (!wrong) return [];
  return [{ guarantee: "result", jobId: job.id, detail: `right after its end, ${wrong}` }];
}
