import * as v from "valibot";
import { listOf, readTsv } from "#lib/contract/tsv.ts";
import { MAJORS, MIDDLES, RECYCLABLE } from "#lib/contract/vocabulary.ts";
import { foldName } from "./fold-text.ts";
import itemsText from "./items.tsv" with { type: "text" };

/** What is dangerous about an item; each has its warning in `lib/contract/safety.ts`. */
export const HAZARDS = [
  ...["battery", "mercury", "gas", "cylinder", "sharp", "needle", "glass"],
  ...["chemical", "medicine", "fire", "radon"],
] as const;

/**
 * An item as people call it. The table `items.tsv` holds every item of the Ministry's dictionary
 * (분리배출.kr) and the everyday ones beside it.
 */
export const Item = v.object({
  name: v.pipe(v.string(), v.nonEmpty()),
  /**
   * The material for a recyclable, otherwise the major. `미분류`: the name alone does not tell, and the
   * note asks. `전용수거`: it belongs to none of the categories, and the note says where it goes.
   */
  category: v.pipe(
    v.picklist([...MIDDLES, ...MAJORS, "전용수거"]),
    v.notValue(RECYCLABLE, "an item belongs to a material or to another major"),
  ),
  /** Other names: spellings, everyday words, English. */
  also: v.pipe(v.string(), v.transform(listOf)),
  /** What is to be known beyond the rules of the category, in Korean; empty when there is nothing. */
  note: v.string(),
  hazard: v.union([
    v.pipe(
      v.literal(""),
      v.transform(() => undefined),
    ),
    v.picklist(HAZARDS),
  ]),
  /** `분리배출.kr N`: number N of the dictionary · `훈령 18`: the directive · `유추`: by its category. */
  source: v.pipe(v.string(), v.nonEmpty(), v.transform(listOf)),
});
export type Item = v.InferOutput<typeof Item>;

export const ITEMS: readonly Item[] = v.parse(v.array(Item), readTsv(itemsText));

/** An item under one of its names, spelled as in the table, and as words are compared. */
export interface NamedItem {
  readonly item: Item;
  readonly name: string;
  readonly folded: string;
}

const named: readonly NamedItem[] = ITEMS.flatMap((item) =>
  [item.name, ...item.also].map((name) => ({ item, name, folded: foldName(name) })),
);

/** Every name, folded; English ones also in the plural, unless that is another name (glass, glasses). */
export const ITEM_NAMES: ReadonlyMap<string, NamedItem> = new Map([
  ...named.flatMap((one) => pluralsOf(one.folded).map((name) => [name, one] as const)),
  ...named.map((one) => [one.folded, one] as const),
]);

export function findItem(name: string): Item | undefined {
  return ITEM_NAMES.get(foldName(name))?.item;
}

function pluralsOf(name: string): string[] {
  return /[a-z]$/.test(name) ? [`${name}s`, `${name}es`] : [];
}
