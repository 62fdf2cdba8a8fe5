import type { ChannelModel } from "amqplib";
import { sql } from "drizzle-orm";
import * as v from "valibot";
import { OwnershipGrant } from "#lib/contract/character-message.ts";
import type { Database } from "#lib/db/client.ts";
import { characterOwnerships as owned, userCharacters as shown } from "#lib/db/schema.ts";
import { RETRY_DELAYS_MS } from "#lib/queue/topology.ts";
import { breach, type Finding, ok, some } from "./check.ts";
import { searchQueues } from "./search-queues.ts";

const Unpaired = v.array(
  v.object({ user_id: v.string(), character_code: v.string(), missing: v.string() }),
);
/** More than a person reads; their number says enough. */
const rowsMax = 1_000;
const grantQueues = ["character.save_ownership", "users.save_character"].flatMap((task) => [
  task,
  `dlq.${task}`,
]);

/** A granted character has both rows. One that is still on its way is excused: its grant is queued. */
export async function checkOwnerships({
  broker,
  database,
}: {
  broker: ChannelModel;
  database: Database;
}): Promise<Finding> {
  const before = await readUnpaired(database);
  if (before.length === 0) return ok("every owned character is in its user's collection");
  const { bodies } = await searchQueues(broker, [...grantQueues, ...Object.keys(RETRY_DELAYS_MS)]);
  const queued = new Set(bodies.filter((body) => v.is(OwnershipGrant, body)).map(pairOf));
  // Read again: what was written while the queues were searched is in neither.
  const after = new Set((await readUnpaired(database)).map(pairOf));
  const torn = before.filter((row) => after.has(pairOf(row)) && !queued.has(pairOf(row)));
  if (torn.length === 0) return ok(`${before.length} characters are on their way to a second row`);
  const named = torn.map((row) => `${row.missing} has no ${pairOf(row)}`);
  return breach(`${torn.length} characters have one row of two: ${some(named)}`);
}

function pairOf(row: { user_id: string; character_code: string }): string {
  return `${row.user_id}/${row.character_code}`;
}

/** Grants of the last minute are left out: a worker may have them in hand. */
async function readUnpaired(database: Database): Promise<v.InferOutput<typeof Unpaired>> {
  const rows = await database.call((db) =>
    db.execute(sql`
      select user_id, character_code,
        case when o.id is null then 'character_ownerships' else 'user_characters' end as missing
      from ${owned} o full outer join ${shown} u using (user_id, character_code)
      where (o.id is null or u.id is null)
        and coalesce(o.acquired_at, u.acquired_at) < now() - interval '1 minute'
      limit ${rowsMax}`),
  );
  return v.parse(Unpaired, [...rows]);
}
