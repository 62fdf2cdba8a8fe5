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
}

export type Reading =
  | { readonly finished: true; readonly result: ScanResult }
  | { readonly finished: false; readonly progress: ScanProgress };

/**
 * Reads a scan's result or its progress.
 *
 * @throws Fault `JOB_NOT_FOUND` for an unknown job and for another user's alike.
 */
export async function readResult(
  deps: ReadResultDeps,
  userId: string,
  jobId: string,
): Promise<Reading> {
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
