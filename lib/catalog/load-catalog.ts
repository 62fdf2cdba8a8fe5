import type { Character } from "#lib/contract/character.ts";
import type { Database } from "#lib/db/client.ts";
import { characters } from "#lib/db/schema.ts";

/** Everything of the catalogue that a process keeps in memory. */
export function createCatalogLoader(database: Database): () => Promise<readonly Character[]> {
  const { code, name, matchLabel, dialog, isDefault } = characters;
  const columns = { code, name, matchLabel, dialog, isDefault };
  return () => database.call((db) => db.select(columns).from(characters));
}
