import type { Database } from "#lib/db/client.ts";
import { createOutbox } from "../../services/auth/adapters/outbox.ts";
import { ageText } from "./age-text.ts";
import { breach, type Finding, ok } from "./check.ts";

/** A relay comes four times a second: older than that, and none does, or the broker takes nothing. */
const pendingMaxMs = 60_000;

/** What was revoked has been published: until then gatekeepers know of it by their rereading alone. */
export async function checkRevocations(database: Database): Promise<Finding> {
  const ageMs = await createOutbox(database).oldestPendingMs();
  if (ageMs === undefined) return ok("every revocation has been published");
  return ageMs > pendingMaxMs
    ? breach(`no relay tells revocations: one waits for ${ageText(ageMs)}`)
    : ok(`revocations are being published, the oldest for ${ageText(ageMs)}`);
}
