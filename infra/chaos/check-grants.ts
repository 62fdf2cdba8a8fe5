import type { Breach } from "./breach.ts";
import type { Grant, History, Job, ReadResult } from "./history.ts";

/**
 * One ownership per user and character, both rows or none, and no result that contradicts the rows. While
 * Redis keeps its reservations, only one scan's result says that the character was received.
 */
export function checkGrants(history: History): Breach[] {
  const { ownerships, collections, interruptions } = history;
  const owned = new Map(ownerships.map((grant) => [keyOf(grant), grant]));
  const collected = new Set(collections.map(keyOf));
  return [
    ...twice("ownership", ownerships),
    ...twice("collection", collections),
    ...alone(owned.keys(), collected, "is owned, but not in the collection"),
    ...alone(collected, new Set(owned.keys()), "is in the collection, but not owned"),
    ...history.jobs.flatMap((job) => promised(job, history.results.get(job.id), owned)),
    ...(interruptions.some(({ kind }) => kind === "wipe") ? [] : receivedTwice(history)),
  ];
}

function keyOf({ userId, code }: Grant): string {
  return `${userId} ${code}`;
}

function twice(what: string, grants: readonly Grant[]): Breach[] {
  return [...Map.groupBy(grants, keyOf)]
    .filter(([, same]) => same.length > 1)
    .map(([key, same]) => ({ guarantee: "grant", detail: `${what} ${key}: ${same.length} rows` }));
}

function alone(keys: Iterable<string>, others: ReadonlySet<string>, problem: string): Breach[] {
  return [...keys]
    .filter((key) => !others.has(key))
    .map((key) => ({ guarantee: "grant", detail: `${key} ${problem}` }));
}

function promised(
  job: Job,
  result: ReadResult | undefined,
  owned: ReadonlyMap<string, Grant>,
): Breach[] {
  const reward = result?.reward;
  if (!reward) return [];
  const breach = (detail: string): Breach[] => [{ guarantee: "grant", jobId: job.id, detail }];
  const grant = owned.get(`${job.userId} ${reward.code}`);
  if (!grant) {
    const said = reward.received ? "received" : "owned already";
    return breach(`${reward.code} was ${said}, but there is no row`);
  }
  return [];
}

function receivedTwice({ jobs, results }: History): Breach[] {
  const received = jobs.flatMap((job) => {
    const reward = results.get(job.id)?.reward;
    return reward?.received ? [{ jobId: job.id, key: `${job.userId} ${reward.code}` }] : [];
  });
  return [...Map.groupBy(received, ({ key }) => key)]
    .filter(([, same]) => same.length > 1)
    .map(([key, same]) => {
      const jobs = same.map(({ jobId }) => jobId).join(", ");
      return { guarantee: "grant", detail: `${key} was received by ${jobs}` };
    });
}
