import type { OwnershipGrant } from "#lib/contract/character-message.ts";

/** A grant of 페티, as a reward publishes it; `more` is what differs. */
export function ownershipGrant(more: Partial<OwnershipGrant> = {}): OwnershipGrant {
  return {
    job_id: Bun.randomUUIDv7(),
    user_id: `user-${crypto.randomUUID()}`,
    character_code: "char-petty",
    character_name: "페티",
    granted_at: 1_800_000_000_000,
    ...more,
  };
}
