import * as v from "valibot";
import { OwnershipGrant } from "#lib/contract/character-message.ts";
import { breach, type Finding, ok, some } from "./check.ts";
import type { Queues } from "./queues.ts";

/** An owned character that has one of its two rows, and the table that lacks it. */
export interface UnpairedRow {
  readonly user_id: string;
  readonly character_code: string;
  readonly missing: string;
}

export interface CheckOwnershipsDeps extends Pick<Queues, "search"> {
  /** Leaves out grants of the last minute: a worker may be writing them. */
  readUnpaired(): Promise<readonly UnpairedRow[]>;
}

/** A granted character has both rows. One that is still on its way is excused: its grant is queued. */
export async function checkOwnerships({
  readUnpaired,
  search,
}: CheckOwnershipsDeps): Promise<Finding> {
  const before = await readUnpaired();
  if (before.length === 0) return ok("every owned character is in its user's collection");
  const { bodies } = await search(["character.save_ownership", "users.save_character"]);
  const queued = new Set(bodies.filter((body) => v.is(OwnershipGrant, body)).map(pairOf));
  // Read again: what was written while the queues were searched is in neither.
  const after = new Set((await readUnpaired()).map(pairOf));
  const torn = before.filter((row) => after.has(pairOf(row)) && !queued.has(pairOf(row)));
  if (torn.length === 0) return ok(`${before.length} characters are on their way to a second row`);
  const named = torn.map((row) => `${row.missing} has no ${pairOf(row)}`);
  return breach(`${torn.length} characters have one row of two: ${some(named)}`);
}

function pairOf(row: Pick<UnpairedRow, "user_id" | "character_code">): string {
  return `${row.user_id}/${row.character_code}`;
}
