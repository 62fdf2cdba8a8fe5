import { epochOf, isTerminal } from "#lib/scan/epoch.ts";
import { checkFollows, wrongResult } from "./check-follows.ts";
import { checkGrants } from "./check-grants.ts";
import { checkPayments } from "./check-payments.ts";
import {
  type Breach,
  type History,
  type Job,
  type LoggedEvent,
  mayHaveGoneWithQueue,
} from "./history.ts";

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
    ...history.jobs.flatMap((job) => {
      const breaches = checkJob(job, eventsOf.get(job.id) ?? [], history, expectations);
      return [...breaches.map((breach) => ({ ...breach, jobId: job.id }))];
    }),
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

/** Every event of a scan that completes in its first epoch. */
const STEPS = [0, 10, 11, 21, 30, 31, 41, 51];
const completedSeq = 51;

function* checkJob(
  job: Job,
  events: readonly LoggedEvent[],
  history: History,
  { mayFailWith }: Expectations,
): Generator<Breach> {
  const end = endOf(events);
  if (!end && !mayHaveGoneWithQueue(events, history)) {
    const last = events.at(-1);
    const where = last ? `stands at ${last.stage} ${last.status}` : "has left no trace";
    yield { guarantee: "lost", detail: `accepted, and ${where}` };
  }
  yield* checkRepeats(events, history);
  yield* checkReplay(job, events, history);
  if (!end) return;
  const result = history.results.get(job.id);
  const wrong = wrongResult(job, result, end.status);
  const { status, errorCode = "" } = result ?? {};
  if (wrong) yield { guarantee: "result", detail: wrong };
  else if (status !== job.expected && !mayFailWith.includes(errorCode)) {
    const detail = `should have ${job.expected}, but ${status} ${errorCode}`;
    yield { guarantee: "outcome", detail };
  }
}

/** The same event again is forgiven when Redis has forgotten the first in between. */
function* checkRepeats(
  events: readonly LoggedEvent[],
  { interruptions }: History,
): Generator<Breach> {
  const ends = events.map(({ seq }) => seq).filter(isTerminal);
  for (const [epoch, seqs] of Map.groupBy(ends, epochOf)) {
    const isOne = new Set(seqs).size === 1;
    if (!isOne) yield { guarantee: "duplicate", detail: `epoch ${epoch} ended both ways` };
  }
  const wipes = interruptions.filter(({ kind }) => kind === "wipe");
  for (const [seq, same] of Map.groupBy(events, (event) => event.seq)) {
    const isRepeated = same.some(({ ts }, i) => {
      const before = same[i - 1];
      return before && !wipes.some(({ from, to }) => from <= ts && to >= before.ts);
    });
    if (isRepeated) yield { guarantee: "duplicate", detail: `event ${seq} was written again` };
  }
}

/** A late client gets what the live ones got, and a completed scan has emitted every step. */
function* checkReplay(
  { id }: Job,
  events: readonly LoggedEvent[],
  { interruptions, replays }: History,
): Generator<Breach> {
  if (interruptions.some(({ kind }) => kind === "wipe")) return;
  const seqs = [...new Set(events.map(({ seq }) => seq))].sort((a, b) => a - b);
  const [live, replay] = [seqs.join(" "), (replays.get(id) ?? []).join(" ")];
  const missing = seqs.includes(completedSeq) ? STEPS.filter((seq) => !seqs.includes(seq)) : [];
  if (live !== replay) {
    yield { guarantee: "sse", detail: `replay log has [${replay}], the stream had [${live}]` };
  } else if (missing.length > 0) {
    yield { guarantee: "sse", detail: `completed without event ${missing.join(" ")}` };
  }
}

function* checkRecovery(
  { recoveryMs }: History,
  { recoveryMsMax }: Expectations,
): Generator<Breach> {
  if (recoveryMs !== undefined && recoveryMs <= recoveryMsMax) return;
  const took = recoveryMs === undefined ? "never" : `only after ${seconds(recoveryMs)}`;
  const detail = `a new scan completed ${took} (${seconds(recoveryMsMax)} allowed)`;
  yield { guarantee: "recovery", detail };
}

/** Dead letters may have been moved on to the archive meanwhile: both count. */
function* checkLeftovers({ leftovers }: History, { deadLetters }: Expectations): Generator<Breach> {
  const found = new Map<string, number>();
  for (const [queue, count] of leftovers) {
    const name = queue.replace(/^archive\./, "dlq.");
    // A request that nobody waits for any more has expired, which harms nobody.
    if (name !== "dlq.character.match") found.set(name, (found.get(name) ?? 0) + count);
  }
  for (const queue of new Set([...found.keys(), ...deadLetters.keys()])) {
    const [count, expected] = [found.get(queue) ?? 0, deadLetters.get(queue) ?? 0];
    const detail = `${queue} holds ${count}, expected ${expected}`;
    if (count !== expected) yield { guarantee: "leftover", detail };
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
