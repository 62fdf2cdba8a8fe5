import * as v from "valibot";
import { listOf, readTsv } from "#lib/contract/tsv.ts";
import { Item } from "./items.ts";
import materialsText from "./materials.tsv" with { type: "text" };

/** What things are made of, as people say it, and where what is of that material alone belongs. */
const Material = v.object({
  category: Item.entries.category,
  "also fits": v.pipe(v.string(), v.transform(listOf)),
  /** `is a part`: 시계 유리 is a part or a wrapping · `is said`: 물병 스텐 says what the bottle is made of. */
  "behind a noun": v.picklist(["is a part", "is said"]),
  words: v.pipe(v.string(), v.transform(listOf)),
});
type Material = v.InferOutput<typeof Material>;

const byWord: ReadonlyMap<string, Material> = new Map(
  v
    .parse(v.array(Material), readTsv(materialsText))
    .flatMap((material) => material.words.map((word) => [word, material] as const)),
);

export function isOfMaterial(word: string): boolean {
  return byWord.has(word);
}

export function isPartBehind(word: string): boolean {
  return byWord.get(word)?.["behind a noun"] === "is a part";
}

/**
 * The category of an item that is said to be of a material: 종이 트레이 is paper, though a tray is plastic.
 * Undefined where the material changes nothing, as it does for furniture and devices.
 */
export function categoryByMaterial(item: Item, word: string): Item["category"] | undefined {
  const material = byWord.get(word);
  if (!material || !ofOneMaterial.has(item.category)) return undefined;
  const isFitting =
    material.category === item.category || material["also fits"].includes(item.category);
  return isFitting ? undefined : material.category;
}

/** Where things go by what they are made of; food in a box is named for the box (종이 도시락). */
const ofOneMaterial: ReadonlySet<Item["category"]> = new Set([
  ...(["종이", "종이팩", "무색페트병", "플라스틱류", "비닐류", "발포합성수지", "유리병"] as const),
  ...(["금속류", "불연성종량제폐기물", "음식물류폐기물", "의류및원단", "미분류"] as const),
]);

/** The category of a part that is named by its material alone: 우산 천, 이불 비닐. */
export function categoryOfPart(word: string): Item["category"] | undefined {
  return byWord.get(word)?.category;
}

/** Words for the materials that belong to a category. */
export function materialsOf(category: Item["category"]): string[] {
  return Array.from(byWord).flatMap(([word, material]) =>
    material.category === category ? [word] : [],
  );
}
