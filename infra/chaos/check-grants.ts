import { type Breach, type Grant, type History, mayHaveGoneWithQueue } from "./history.ts";

type GrantHistory = Pick<
  History,
  "jobs" | "events" | "interruptions" | "results" | "ownerships" | "collections"
>;

/**
 * One ownership per user and character, both rows or none, and no result that contradicts the rows. While
 * Redis keeps its reservations, only one scan's result says that the character was received.
 */
export function* checkGrants(history: GrantHistory): Generator<Breach> {
  const { ownerships, collections, interruptions } = history;
  const owned = new Set(ownerships.map(keyOf));
  const collected = new Set(collections.map(keyOf));
  for (const detail of [...twice("ownership", ownerships), ...twice("collection", collections)]) {
    yield { guarantee: "grant", detail };
  }
  for (const key of collected.symmetricDifference(owned)) {
    const { jobId } = ownerships.find((grant) => keyOf(grant) === key) ?? {};
    const events = history.events.filter((event) => event.jobId === jobId);
    if (mayHaveGoneWithQueue(events, history)) continue;
    const detail = `${key} is ${owned.has(key) ? "owned" : "in the collection"}, but not both`;
    yield { guarantee: "grant", detail };
  }
  yield* checkPromises(history, owned);
  if (!interruptions.some(({ kind }) => kind === "wipe")) yield* checkReceipts(history);
}

function keyOf({ userId, code }: Grant): string {
  return `${userId} ${code}`;
}

function twice(what: string, grants: readonly Grant[]): string[] {
  return [...Map.groupBy(grants, keyOf)]
    .filter(([, same]) => same.length > 1)
    .map(([key, same]) => `${what} ${key}: ${same.length} rows`);
}

function* checkPromises(
  { jobs, results }: GrantHistory,
  owned: ReadonlySet<string>,
): Generator<Breach> {
  for (const { id, userId, earns } of jobs) {
    const { status, reward } = results.get(id) ?? {};
    const breach = { guarantee: "grant", jobId: id } as const;
    if (reward && !owned.has(keyOf({ userId, code: reward.code }))) {
      const said = reward.received ? "received" : "owned already";
      yield { ...breach, detail: `${reward.code} was ${said}, but there is no row` };
    } else if (!reward && earns && status === "completed") {
      yield { ...breach, detail: "completed without the character it has earned" };
    }
  }
}

function* checkReceipts({ jobs, results }: GrantHistory): Generator<Breach> {
  const received = jobs.filter(({ id }) => results.get(id)?.reward?.received);
  const keyOfJob = ({ id, userId }: (typeof jobs)[number]) =>
    keyOf({ userId, code: results.get(id)?.reward?.code ?? "" });
  for (const [key, same] of Map.groupBy(received, keyOfJob)) {
    const by = same.map(({ id }) => id).join(", ");
    if (same.length > 1) yield { guarantee: "grant", detail: `${key} was received by ${by}` };
  }
}
