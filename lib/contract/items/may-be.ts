import { ITEM_NAMES, type Item, type NamedItem } from "./items.ts";
import { materialsOf } from "./materials.ts";
import { isCondition } from "./states.ts";

/**
 * Whether an item can be of a category that somebody saw it in, though its name says another one. It can:
 * in another condition (a broken bottle, soiled paper) or size; of another material, where things go by what
 * they are made of (a flowerpot of plastic); and where the table holds it of that material (플라스틱 도마).
 * It cannot within a material (유리컵 is no 유리병, 종이컵 no 종이팩), nor where things go by what they are,
 * whatever they are made of (칼, 우산, 칫솔).
 */
export function mayBe(named: NamedItem, category: Item["category"]): boolean {
  const [family, other] = [familyOf(named.item.category), familyOf(category)];
  const isOfAnother = family !== undefined && other !== undefined && family !== other;
  return isOfAnother || mayTurnOut(named, category);
}

/** The same of an item that nobody saw: a newspaper is of no other material than paper. */
export function mayTurnOut({ item, folded }: NamedItem, category: Item["category"]): boolean {
  const own = item.category;
  if (own === category || own === "미분류" || isCondition(own, category)) return true;
  if ([own, category].includes("대형폐기물") && bySize.has(own) && bySize.has(category))
    return true;
  return materialsOf(category).some(
    (material) => ITEM_NAMES.get(material + folded)?.item.category === category,
  );
}

/** A bag or a sticker: what decides is how large it is. */
const bySize: ReadonlySet<Item["category"]> = new Set([
  ...(["일반종량제폐기물", "불연성종량제폐기물", "대형폐기물"] as const),
]);

/** Categories of what goes by its material; in one row those that are of one. */
const families: readonly (readonly Item["category"][])[] = [
  ["종이", "종이팩"],
  ["무색페트병", "플라스틱류", "비닐류", "발포합성수지"],
  ["유리병", "불연성종량제폐기물"],
  ["금속류"],
];

function familyOf(category: Item["category"]): number | undefined {
  const family = families.findIndex((one) => one.includes(category));
  return family === -1 ? undefined : family;
}
