import type { Breach, History, Interruption, LoggedEvent, ModelCall } from "./history.ts";

/**
 * "A model is never paid twice for a stage whose checkpoint exists", seen from the model's side. A call
 * is paid when the model gave a usable reply. Of one job's stage:
 *
 *   1. No paid call arrives later than `raceMs` after the stage's `completed` event, unless Redis was
 *      wiped in between: the event and the checkpoint are written in one step, so it existed.
 *   2. Every paid call after the first needs an interruption of its own: at-least-once delivery makes one
 *      interruption hand out a message once more, and a reply that was not saved yet is bought again.
 *      A lost link to the broker is none: both deliveries reach one lease.
 *      One that ended up to `redeliveryMs` before the earlier call still counts: it may have doubled
 *      the message of the stage before.
 *
 * And a scan whose submit was answered with an error has paid nothing. One that was not answered, or by which nobody
 * knows, may have run: of it the second holds.
 */
export function* checkPayments(history: History): Generator<Breach> {
  const { jobs, refused, unanswered, calls, events, interruptions } = history;
  const paid = calls.filter(({ usable }) => usable);
  const paidOf = Map.groupBy(paid, ({ token, stage }) => `${stage} ${token}`);
  const completions = events.filter(({ status }) => status === "completed");
  const completedOf = new Map(
    completions.toReversed().map((event) => [`${event.stage} ${event.jobId}`, event]),
  );
  const callsOf = (stage: string, token: string) =>
    (paidOf.get(`${stage} ${token}`) ?? []).toSorted((a, b) => a.at - b.at);
  for (const { id, token } of jobs) {
    for (const stage of stages) {
      const mine = callsOf(stage, token);
      const detail =
        afterCheckpoint(mine, completedOf.get(`${stage} ${id}`), interruptions) ??
        unexcused(mine, interruptions);
      if (detail) yield { guarantee: "paid", jobId: id, detail: `${stage}: ${detail}` };
    }
  }
  for (const token of unanswered) {
    for (const stage of stages) {
      const detail = unexcused(callsOf(stage, token), interruptions);
      if (detail) yield { guarantee: "paid", detail: `${token}, ${stage}: ${detail}` };
    }
  }
  for (const token of refused) {
    const isPaid = paidOf.has(`vision ${token}`);
    if (isPaid) yield { guarantee: "refused", detail: `${token} was refused, and ran` };
  }
}

const stages = ["vision", "answer"];

/** From looking for a checkpoint to the call's arrival: the photo is fetched in between. */
const raceMs = 1_000;
/** Confirm timeout 5 s, a retry queue 1 s, and the work before it. */
const redeliveryMs = 10_000;

function afterCheckpoint(
  calls: readonly ModelCall[],
  completed: LoggedEvent | undefined,
  interruptions: readonly Interruption[],
): string | undefined {
  if (!completed) return undefined;
  const late = calls.find(({ at }) => at > completed.ts + raceMs);
  if (!late) return undefined;
  const isForgotten = interruptions.some(
    ({ kind, from, to }) => kind === "wipe" && from <= late.at && to >= completed.ts,
  );
  return isForgotten
    ? undefined
    : `paid ${late.at - completed.ts} ms after its checkpoint was written`;
}

function unexcused(
  calls: readonly ModelCall[],
  interruptions: readonly Interruption[],
): string | undefined {
  const excuses = interruptions.filter(({ kind }) => kind !== "link").sort((a, b) => a.to - b.to);
  for (const [i, call] of calls.entries()) {
    const before = calls[i - 1];
    if (!before) continue;
    const excuse = excuses.findIndex(
      ({ from, to }) => from <= call.at && to + redeliveryMs >= before.at,
    );
    if (excuse < 0) return `paid ${calls.length} times, call ${i + 1} without a reason`;
    excuses.splice(excuse, 1);
  }
  return undefined;
}
