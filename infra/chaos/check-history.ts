import { epochOf, isTerminal } from "#lib/scan/epoch.ts";
import { type Breach, wrongResult } from "./breach.ts";
import { checkFollows } from "./check-follows.ts";
import { checkGrants } from "./check-grants.ts";
import { checkPayments } from "./check-payments.ts";
import type { History, Job, LoggedEvent, ReadResult } from "./history.ts";

export interface Expectations {
  readonly recoveryMsMax: number;
  /** Fault codes with which a sound scan may end under this fault. */
  readonly mayFailWith: readonly string[];
  /** Dead letters that the scenario itself put there, by queue. */
  readonly deadLetters: ReadonlyMap<string, number>;
}

/** Holds a history against every guarantee. Pure: the same history gives the same breaches. */
export function checkHistory(history: History, expectations: Expectations): Breach[] {
  const eventsOf = Map.groupBy(history.events, ({ jobId }) => jobId);
  return [
    ...history.jobs.flatMap((job) => [
      ...checkEnd(job, eventsOf.get(job.id) ?? []),
      ...checkRepeats(job, eventsOf.get(job.id) ?? [], history),
      ...checkReplay(job, eventsOf.get(job.id) ?? [], history),
      ...checkResult(job, history.results.get(job.id), eventsOf.get(job.id) ?? [], expectations),
    ]),
    ...checkPayments(history),
    ...checkGrants(history),
    ...checkFollows(history),
    ...checkRecovery(history, expectations),
    ...checkLeftovers(history, expectations),
    ...history.missingQueues.map(
      (queue) => ({ guarantee: "leftover", detail: `${queue} does not exist` }) as const,
    ),
    ...history.exits.map((detail) => ({ guarantee: "process", detail }) as const),
  ];
}

/** How a job ended: the newest epoch's first terminal event. */
export function endOf(events: readonly LoggedEvent[]): LoggedEvent | undefined {
  const newest = Math.max(...events.map(({ seq }) => epochOf(seq)));
  return events.find(({ seq }) => isTerminal(seq) && epochOf(seq) === newest);
}

function checkEnd(job: Job, events: readonly LoggedEvent[]): Breach[] {
  if (!endOf(events)) {
    const last = events.at(-1);
    const where = last ? `stands at ${last.stage} ${last.status}` : "has left no trace";
    return [{ guarantee: "lost", jobId: job.id, detail: `accepted, and ${where}` }];
  }
  const ends = events.filter(({ seq }) => isTerminal(seq));
  return [...Map.groupBy(ends, ({ seq }) => epochOf(seq))].flatMap(([epoch, same]) => {
    const kinds = new Set(same.map(({ seq }) => seq));
    if (kinds.size === 1) return [];
    return [{ guarantee: "duplicate", jobId: job.id, detail: `epoch ${epoch} ended both ways` }];
  });
}

/** The same event again is forgiven when Redis has forgotten the first in between. */
function checkRepeats(job: Job, events: readonly LoggedEvent[], { interruptions }: History) {
  const bySeq = Map.groupBy(events, ({ seq }) => seq);
  return [...bySeq].flatMap(([seq, same]): Breach[] => {
    const repeats = same.filter((event, i) => {
      const before = same[i - 1];
      return before && !wasWiped(interruptions, before.ts, event.ts);
    });
    if (repeats.length === 0) return [];
    return [{ guarantee: "duplicate", jobId: job.id, detail: `event ${seq} was written again` }];
  });
}

function wasWiped(interruptions: History["interruptions"], from: number, to: number) {
  return interruptions.some((one) => one.kind === "wipe" && one.from <= to && one.to >= from);
}

/** A late client gets what the live ones got, and a completed scan has emitted every step. */
function checkReplay(job: Job, events: readonly LoggedEvent[], history: History): Breach[] {
  if (history.interruptions.some(({ kind }) => kind === "wipe")) return [];
  const breach = (detail: string): Breach[] => [{ guarantee: "sse", jobId: job.id, detail }];
  const seqs = [...new Set(events.map(({ seq }) => seq))].sort((a, b) => a - b);
  const [live, replay] = [seqs.join(" "), (history.replays.get(job.id) ?? []).join(" ")];
  if (live !== replay) return breach(`replay log has [${replay}], the stream had [${live}]`);
  const missing = seqs.includes(completedSeq) ? STEPS.filter((seq) => !seqs.includes(seq)) : [];
  return missing.length > 0 ? breach(`completed without event ${missing.join(" ")}`) : [];
}

/** Every event of a scan that completes in its first epoch. */
const STEPS = [0, 10, 11, 21, 30, 31, 41, 51];
const completedSeq = 51;

function checkResult(
  job: Job,
  result: ReadResult | undefined,
  events: readonly LoggedEvent[],
  { mayFailWith }: Expectations,
): Breach[] {
  const end = endOf(events);
  if (!end) return [];
  const wrong = wrongResult(job, result, end.status);
  if (wrong) return [{ guarantee: "result", jobId: job.id, detail: wrong }];
  const { status, errorCode = "" } = result ?? {};
  if (status === job.expected || mayFailWith.includes(errorCode)) return [];
  const detail = `should have ${job.expected}, but ${status} ${errorCode}`;
  return [{ guarantee: "outcome", jobId: job.id, detail }];
}

function checkRecovery({ recoveryMs }: History, { recoveryMsMax }: Expectations): Breach[] {
  if (recoveryMs !== undefined && recoveryMs <= recoveryMsMax) return [];
  const took = recoveryMs === undefined ? "never" : `only after ${seconds(recoveryMs)}`;
  return [
    {
      guarantee: "recovery",
      detail: `a new scan completed ${took} (${seconds(recoveryMsMax)} allowed)`,
    },
  ];
}

/** Dead letters may have been moved on to the archive meanwhile: both count. */
function checkLeftovers({ leftovers }: History, { deadLetters }: Expectations): Breach[] {
  const found = new Map<string, number>();
  for (const [queue, count] of leftovers) {
    const name = queue.replace(/^archive\./, "dlq.");
    // A request that nobody waits for any more has expired, which harms nobody.
    if (name !== "dlq.character.match") found.set(name, (found.get(name) ?? 0) + count);
  }
  return [...new Set([...found.keys(), ...deadLetters.keys()])].flatMap((queue): Breach[] => {
    const [count, expected] = [found.get(queue) ?? 0, deadLetters.get(queue) ?? 0];
    if (count === expected) return [];
    return [{ guarantee: "leftover", detail: `${queue} holds ${count}, expected ${expected}` }];
  });
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
