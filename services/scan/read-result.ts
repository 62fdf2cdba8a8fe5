import type { PickupCategory } from "#lib/contract/places/category.ts";
import type { Center } from "#lib/contract/places/center.ts";
import type { Position } from "#lib/contract/places/earth.ts";
import { pickupOf } from "#lib/contract/places/pickup-of.ts";
import { Fault } from "#lib/error/fault.ts";
import type { ScanState } from "#lib/scan/scan-event.ts";
import { type OwnedResult, presentResult, type ScanResult } from "#lib/scan/scan-result.ts";
import type { ScanProgress } from "./scan.ts";

export interface ReadResultDeps {
  /** Fast, forgets after an hour; undefined also when it cannot be reached. */
  cachedResult(jobId: string): Promise<OwnedResult | undefined>;
  /** May reject: a finished scan is then still read from the store. */
  state(jobId: string): Promise<ScanState | undefined>;
  /** Slower, forgets nothing. */
  storedResult(jobId: string): Promise<OwnedResult | undefined>;
  /** The nearest places that take it; may reject: the result is then shown without them. */
  nearby(at: Position, pickup: PickupCategory): Promise<Center[]>;
}

export type Reading =
  | { readonly finished: true; readonly result: ScanResult }
  | { readonly finished: false; readonly progress: ScanProgress };

/**
 * Reads a scan's result or its progress. With the position of the one who reads, the result has the nearest places that
 * take the thing. The position is asked for here, where it is used: it is stored nowhere, and no model sees it.
 *
 * @throws Fault `JOB_NOT_FOUND` for an unknown job and for another user's alike.
 */
export async function readResult(
  deps: ReadResultDeps,
  userId: string,
  jobId: string,
  at?: Position,
): Promise<Reading> {
  const reading = await readOwn(deps, userId, jobId);
  if (!at || !reading.finished) return reading;
  return {
    finished: true,
    result: { ...reading.result, ...(await readNearby(deps, reading, at)) },
  };
}

async function readNearby(
  { nearby }: Pick<ReadResultDeps, "nearby">,
  { result }: Extract<Reading, { finished: true }>,
  at: Position,
): Promise<Pick<ScanResult, "nearby">> {
  const vision = result.pipeline_result?.classification_result;
  const pickup = vision && pickupOf(vision.classification);
  if (pickup === undefined) return { nearby: [] };
  return { nearby: await nearby(at, pickup).catch(() => null) };
}

async function readOwn(deps: ReadResultDeps, userId: string, jobId: string): Promise<Reading> {
  const cached = await deps.cachedResult(jobId);
  if (cached) return finished(cached, userId, jobId);
  const [lookup] = await Promise.allSettled([deps.state(jobId)]);
  const state = lookup.status === "fulfilled" ? lookup.value : undefined;
  if (state && state.userId !== userId) throw new Fault("JOB_NOT_FOUND");
  if (state && state.latest.stage !== "done")
    return { finished: false, progress: toProgress(state) };
  const stored = await deps.storedResult(jobId);
  if (stored) return finished(stored, userId, jobId);
  // Without the state it is unknown whether the job exists: "not found" would be a guess.
  if (lookup.status === "rejected") throw lookup.reason;
  throw new Fault("JOB_NOT_FOUND");
}

function finished(owned: OwnedResult, userId: string, jobId: string): Reading {
  if (owned.userId !== userId) throw new Fault("JOB_NOT_FOUND");
  return { finished: true, result: presentResult(jobId, owned.result) };
}

function toProgress({ latest }: ScanState): ScanProgress {
  return {
    status: latest.stage === "queued" ? "queued" : "processing",
    current_stage: latest.stage,
    progress: latest.progress,
  };
}
