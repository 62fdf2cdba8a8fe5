import type { Revocation } from "#lib/contract/revocation.ts";

export interface RelayDeps {
  /**
   * Passes up to `limit` pending revocations to `publish`, oldest first, and marks those published
   * for which it resolves; another relay gets none of them meanwhile. Resolves with how many there
   * were.
   */
  publishPending(
    limit: number,
    publish: (revocation: Revocation) => Promise<void>,
  ): Promise<{ readonly found: number; readonly failures: readonly unknown[] }>;
  /** Resolves when the broker has confirmed it. */
  broadcast(revocation: Revocation): Promise<void>;
}

export const relayBatchMax = 100;

/**
 * One round of the outbox relay: publishes pending revocations at least once, from any number of
 * processes. A row is marked after the broker's confirm, so a row whose relay dies in between is
 * published again; adding a revocation to a list twice changes nothing.
 *
 * @returns whether there may be more.
 * @throws the first failure; what was not published stays pending.
 */
export async function relayOnce({ publishPending, broadcast }: RelayDeps): Promise<boolean> {
  const { found, failures } = await publishPending(relayBatchMax, broadcast);
  if (failures.length > 0) throw failures[0];
  return found === relayBatchMax;
}
