import { percentileRanks, percentiles } from "./statistics.ts";

/** What came of a load. */
export interface Applied {
  readonly seconds: number;
  /** Of `percentileRanks`: ms from when a question was due to its response. */
  readonly latenciesMs: readonly number[];
}

/**
 * Asks `count` questions, one at a time by each asker: again as soon as the one before is answered or, with `perS`,
 * when the next is due, evenly, whatever has been answered.
 */
export async function applyLoad(
  askers: readonly (() => Promise<void>)[],
  count: number,
  perS?: number,
): Promise<Applied> {
  const latencies: number[] = [];
  const free = [...askers];
  const over = Promise.withResolvers<void>();
  let sent = 0;
  const startedAt = performance.now();
  const nextDueAt = () =>
    perS === undefined ? performance.now() : startedAt + (sent * 1_000) / perS;
  const isDue = () => sent < count && nextDueAt() <= performance.now();
  const askWhileDue = async (ask: () => Promise<void>): Promise<void> => {
    while (isDue()) {
      const dueAt = nextDueAt();
      sent++;
      await ask();
      latencies.push(performance.now() - dueAt);
    }
    free.push(ask);
    if (latencies.length === count) over.resolve();
  };
  const dispatch = (): void => {
    while (isDue()) {
      const ask = free.pop();
      if (!ask) break;
      askWhileDue(ask).catch(over.reject);
    }
    // No timer: its millisecond would be counted as the server's.
    if (sent < count && perS !== undefined) setImmediate(dispatch);
  };
  dispatch();
  if (count > 0) await over.promise;
  const seconds = (performance.now() - startedAt) / 1_000;
  return { seconds, latenciesMs: percentiles(latencies, percentileRanks) };
}

/** @param p one of `percentileRanks` */
export function latencyOf({ latenciesMs }: Pick<Applied, "latenciesMs">, p: number): number {
  return latenciesMs[percentileRanks.indexOf(p)] ?? Number.NaN;
}
