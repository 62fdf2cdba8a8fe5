import { ageText } from "./age-text.ts";
import { breach, type Finding, ok } from "./check.ts";

/** A relay runs four times a second: older than that, and none does, or the broker takes nothing. */
const pendingMaxMs = 60_000;

/**
 * Every revocation is published: until then gatekeepers know of it by their rereading alone.
 *
 * @param oldestPendingMs for how long the first in line has waited; undefined when none does
 */
export async function checkRevocations(
  oldestPendingMs: () => Promise<number | undefined>,
): Promise<Finding> {
  const ageMs = await oldestPendingMs();
  if (ageMs === undefined) return ok("every revocation has been published");
  return ageMs > pendingMaxMs
    ? breach(`no relay publishes revocations: one is pending for ${ageText(ageMs)}`)
    : ok(`revocations are being published, the oldest is pending for ${ageText(ageMs)}`);
}
