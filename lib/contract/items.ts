import * as v from "valibot";
import itemsJson from "./items.json";
import { foldText, isWholeNoun, type Span } from "./noun.ts";
import { MAJORS, MIDDLES, RECYCLABLE, UNCLASSIFIED } from "./vocabulary.ts";

/**
 * A household item as people call it in Korean. `category` is the material for a recyclable, otherwise
 * the major; it always names exactly one regulation.
 */
export const Item = v.object({
  name: v.pipe(v.string(), v.nonEmpty()),
  aliases: v.array(v.pipe(v.string(), v.nonEmpty())),
  category: v.pipe(
    v.picklist([...MIDDLES, ...MAJORS]),
    v.notValues([RECYCLABLE, UNCLASSIFIED], "an item belongs to a material or to another major"),
  ),
});
export type Item = v.InferOutput<typeof Item>;

/** Every known item. Names and aliases are unique across all of them, spaces and case aside. */
export const ITEMS: readonly Item[] = v.parse(v.array(Item), itemsJson);

const itemByFoldedName = new Map(
  ITEMS.flatMap((item) =>
    [item.name, ...item.aliases].map((name) => [foldText(name).compact, item] as const),
  ),
);
const nameCharsMax = Math.max(...Array.from(itemByFoldedName.keys(), (name) => name.length));

/**
 * The items a user's own words name, in the order they are mentioned, each once. The longest name wins
 * and hides the shorter ones inside it: "종이컵" is no "종이". Spaces, case and punctuation do not
 * matter. Only the first `userInputCharsMax` characters are read. Negation is not understood.
 */
export function matchItems(text: string): Item[] {
  const folded = foldText(text);
  const found: (Span & { readonly item: Item })[] = [];
  for (let start = 0; start < folded.compact.length; start++) {
    const endMax = Math.min(folded.compact.length, start + nameCharsMax);
    for (let end = start + 1; end <= endMax; end++) {
      const item = itemByFoldedName.get(folded.compact.slice(start, end));
      if (item && isWholeNoun(folded, { start, end })) found.push({ start, end, item });
    }
  }
  const named = withoutOverlaps(found).toSorted((a, b) => a.start - b.start);
  return [...new Set(named.map(({ item }) => item))];
}

/** Keeps the longest spans, the leftmost of equals, and drops what overlaps one already kept. */
function withoutOverlaps<S extends Span>(spans: readonly S[]): S[] {
  const taken = new Set<number>();
  const byLength = spans.toSorted((a, b) => b.end - b.start - (a.end - a.start));
  return byLength.filter(({ start, end }) => {
    for (let i = start; i < end; i++) if (taken.has(i)) return false;
    for (let i = start; i < end; i++) taken.add(i);
    return true;
  });
}
