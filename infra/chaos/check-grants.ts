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
    ...[...collected.symmetricDifference(owned)].map(
      (key): Breach => ({
        guarantee: "grant",
        detail: `${key} is ${owned.has(key) ? "owned" : "in the collection"}, but not both`,
      }),
    ),
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

function promised(
  { id, userId, earns }: Job,
  result: ReadResult | undefined,
  owned: ReadonlyMap<string, Grant>,
): Breach[] {
  const reward = result?.reward;
  const breach = (detail: string): Breach[] => [{ guarantee: "grant", jobId: id, detail }];
  if (!reward) {
    const isMissing = earns && result?.status === "completed";
    return isMissing ? breach("completed without the character it has earned") : [];
  }
  if (owned.has(keyOf({ userId, code: reward.code }))) return [];
  const said = reward.received ? "received" : "owned already";
  return breach(`${reward.code} was ${said}, but there is no row`);
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
