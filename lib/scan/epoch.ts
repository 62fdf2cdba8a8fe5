import { STAGES, STATUSES, type Stage, type StageStatus } from "./stage.ts";

/**
 * Epochs and sequence numbers of a scan: the only arithmetic on them.
 *
 *   seq = epoch × 100 + stage × 10 + status         0 (queued started) to 52 (done failed), 100 to 152, …
 *
 * An epoch is one try of the whole scan: the first is 0, and every redrive begins the next one. Within a
 * scan seqs only rise, so one number says what a client has seen.
 */
export const epochSize = 100;

export function seqOf(epoch: number, stage: Stage, status: StageStatus): number {
  return epoch * epochSize + STAGES.indexOf(stage) * 10 + STATUSES.indexOf(status);
}

/** @throws RangeError for a number that is no event's. */
export function stepOf(seq: number): { readonly stage: Stage; readonly status: StageStatus } {
  const stage = STAGES[Math.floor((seq % epochSize) / 10)];
  const status = STATUSES[seq % 10];
  if (!stage || !status) throw new RangeError(`no event has seq ${seq}`);
  return { stage, status };
}

export function epochOf(seq: number): number {
  return Math.floor(seq / epochSize);
}

/** The first seq that ends the epoch: from here on it takes no event. */
export function endSeqOf(epoch: number): number {
  return seqOf(epoch, "done", "started");
}

export function isTerminal(seq: number): boolean {
  return seq >= endSeqOf(epochOf(seq));
}
