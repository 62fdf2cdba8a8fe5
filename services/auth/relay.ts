import type { Revocation } from "#lib/contract/revocation.ts";

export interface RelayDeps {
  /**
   * Hands up to `limit` revocations that were not told yet to `tell`, oldest first, and marks those that
   * it resolves for; another relay is given none of them meanwhile. Resolves with how many there were.
   */
  takeUntold(
    limit: number,
    tell: (revocation: Revocation) => Promise<void>,
  ): Promise<{ readonly found: number; readonly failures: readonly unknown[] }>;
  /** Resolves when the broker has it. */
  broadcast(revocation: Revocation): Promise<void>;
}

export const relayBatchMax = 100;

/**
 * Tells gatekeepers what was revoked, at least once, in however many processes: a row is marked after the
 * broker has it, and one whose relay dies in between is told again. To refuse a thing twice is harmless.
 *
 * @returns whether there may be more.
 * @throws what kept a revocation from being told: it stays, and so do all after the broker went away.
 */
export async function relayOnce({ takeUntold, broadcast }: RelayDeps): Promise<boolean> {
  const { found, failures } = await takeUntold(relayBatchMax, broadcast);
  if (failures.length > 0) throw failures[0];
  return found === relayBatchMax;
}
