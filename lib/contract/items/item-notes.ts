import type { ClassificationResult } from "#lib/contract/classification.ts";
import { findItem, type Item } from "./items.ts";
import type { Reading } from "./read-words.ts";

/** What the table of items says of the items a user named and a model saw, one line each, in Korean. */
export function notesOf({ classification }: ClassificationResult, said: Reading): string[] {
  const items = new Set<Item>(said.items.map(({ item }) => item));
  const seen = findItem(classification.minor_category ?? "");
  if (seen) items.add(seen);
  return [...items].map(
    ({ name, category, note }) => `${name} (${category})${note && `: ${note}`}`,
  );
}
