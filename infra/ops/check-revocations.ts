import type { Database } from "#lib/db/client.ts";
import { createOutbox } from "../../services/auth/adapters/outbox.ts";
import { ageText } from "./align-columns.ts";
import { breach, type Finding, ok } from "./check.ts";

/** A relay comes four times a second: older than that, and none does, or the broker takes nothing. */
const untoldMaxMs = 60_000;

/** What was revoked has been told: until then gatekeepers know of it by their rereading alone. */
export async function checkRevocations(db: Database): Promise<Finding> {
  const ageMs = await createOutbox(db).oldestUntoldMs();
  if (ageMs === undefined) return ok("every revocation has been told");
  return ageMs > untoldMaxMs
    ? breach(`no relay tells revocations: one waits for ${ageText(ageMs)}`)
    : ok(`revocations are being told, the oldest for ${ageText(ageMs)}`);
}
