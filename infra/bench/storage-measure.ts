import type { TaskName } from "#lib/contract/task.ts";
import type { BenchContext } from "./bench.ts";
import { percentile } from "./statistics.ts";
import { type GrantDrain, measureDrain } from "./storage-measure-drain.ts";
import { type GrantLatency, measureLatency } from "./storage-measure-latency.ts";

export interface StorageStep {
  /** Those that are drained, the warm-up included. */
  readonly grants: number;
  /** For how long they come at a steady rate, to measure the time of one. */
  readonly seconds: number;
}

/** Of grants that come at a steady rate. */
export const steadyPerS = 500;

export interface StorageRun {
  readonly ownership: GrantDrain;
  /** As a reward publishes a grant: to both queues. */
  readonly both: GrantDrain;
  readonly steady: GrantLatency;
}

const ownershipQueue: readonly TaskName[] = ["character.save_ownership"];
const bothQueues: readonly TaskName[] = ["character.save_ownership", "users.save_character"];

export async function measureStorage(
  { grants, seconds }: StorageStep,
  context: BenchContext,
): Promise<StorageRun> {
  return {
    ownership: await measureDrain(context, ownershipQueue, grants),
    both: await measureDrain(context, bothQueues, grants),
    steady: await measureLatency(context, bothQueues, { perS: steadyPerS, seconds }),
  };
}

/** One line of progress. */
export function storageText({ ownership, both, steady }: StorageRun): string {
  const [one, two, at] = [ownership, both, steady].map(({ perS }) => Math.round(perS));
  const p95 = percentile(steady.latenciesMs, 95).toFixed(1);
  return `${one} grants/s, with the collection ${two}; at ${at} grants/s p95 ${p95} ms`;
}
