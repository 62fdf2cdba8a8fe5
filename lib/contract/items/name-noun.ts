import type { Mention } from "./find-mentions.ts";
import { foldName } from "./fold-text.ts";
import { ITEM_NAMES, type Item, type NamedItem } from "./items.ts";
import { categoryByMaterial, categoryOfPart, isOfMaterial, isPartBehind } from "./materials.ts";
import { isWord } from "./words.ts";

/** A noun of a clause: an item under a name, or one nobody knows. */
export type Noun = Exclude<Mention, { kind: "word" }>;

/** An item under a name, of another category than its own where what it is made of says so. */
export interface Named extends NamedItem {
  readonly category?: Item["category"];
}

/**
 * The item a head is, together with what describes it over the words between: 과자 먹고 난 봉지 is a
 * 과자봉지, and 통 the container of what was in it. Undefined when nobody knows it.
 */
export function nameOf(
  head: Noun,
  nouns: readonly Noun[],
  words: readonly string[],
): Named | undefined {
  // 붕어빵 기계: a machine for it.
  const machine = partOfAny(head, words[head.end] ?? "");
  if (machine) return machine;
  // 농약 빈 병 is a 농약병.
  const own = /^[빈헌새] /.test(head.name) ? head.folded.slice(1) : head.folded;
  const isGeneric = head.kind === "unknown" || own.length < 4 || head.item.category === "미분류";
  const others = nouns.filter(({ role }) => role !== "not" && role !== "and" && role !== "doubt");
  for (const one of others.toReversed()) {
    if (one === head) continue;
    // 기름 안 묻은 종이 is no 기름종이, 배터리 없는 장난감 no 배터리 장난감.
    if (words.slice(one.end, head.start).some((word) => /^(?:안|못|덜|없)/.test(word))) continue;
    if (isMaterial(one) ? isTarget(one, words) : !(isGeneric && one.end <= head.start)) continue;
    // 택배 스티로폼, 박스: a 스티로폼 박스.
    const lastWord = foldName(one.name.slice(one.name.lastIndexOf(" ") + 1));
    const names = [one.folded, lastWord, ...(one.kind === "item" ? [foldName(one.item.name)] : [])];
    const found = names.map((name) => ITEM_NAMES.get(name + own)).find(Boolean);
    if (found) return found;
    const part = one.end === head.start ? partOfAny(one, own) : undefined;
    if (part) return part;
    if (containerNames.has(own) && one.kind === "item" && isInContainer(one.item)) return one;
  }
  const ofUser = isGeneric ? thingOf(words.slice(0, head.start), own) : undefined;
  if (ofUser) return ofUser;
  return head.kind === "item" ? ofMaterial(head, others, words) : undefined;
}

/** 아기 목욕시키던 욕조: whose it is says what it is, as far as there is such a thing. */
function thingOf(words: readonly string[], own: string): NamedItem | undefined {
  const users = words.filter((word) => isWord(word, "user"));
  return users.map((user) => ITEM_NAMES.get(user + own)).find(Boolean);
}

/** 샴푸 통 is what shampoo is sold in; 살충제 통 is thrown away with what may be left in it. */
function isInContainer({ category, hazard }: Item): boolean {
  return containers.has(category) || hazard === "chemical" || hazard === "medicine";
}

/** A part of whatever is of a category is entered once, under the category's name: 전기전자제품 줄 for 이어폰 줄. */
function partOfAny(whole: Noun, part: string): Named | undefined {
  if (whole.kind !== "item" || whole.role !== "bare" || part === "") return undefined;
  const found = ITEM_NAMES.get(whole.item.category + part);
  return found && { ...found, name: `${whole.name} ${part}` };
}

/** What a head is by what is said of its material: 종이 트레이 is paper, and 우산 천 is no cloth to collect. */
function ofMaterial(
  head: Extract<Noun, { kind: "item" }>,
  others: readonly Noun[],
  words: readonly string[],
): Named {
  const whole = others.find((one) => one.end === head.start && one.role === "bare");
  if (whole?.kind === "item" && isMaterial(head) && isPartOf(head, whole)) {
    const category = categoryOfPart(head.folded);
    return { ...head, name: `${whole.name} ${head.name}`, ...(category && { category }) };
  }
  const said = others.find((one) => one !== head && isMaterial(one) && isSaidOf(one, head, words));
  const material = said?.folded ?? materialBeside(head, others, words);
  if (material === undefined) return head;
  // What a container is stands at its end: 약병 of 유리 is a 유리병.
  const container = containerNames.has(head.name.slice(-1)) ? head.name.slice(-1) : "";
  const category =
    (container && ITEM_NAMES.get(material + container)?.item.category) ||
    categoryByMaterial(head.item, material);
  return category ? { ...head, name: `${material} ${head.name}`, category } : head;
}

/** A material that is no item by itself: 철제 선반, 옷걸이 철제, 종이트레이. */
function materialBeside(
  head: Extract<Noun, { kind: "item" }>,
  others: readonly Noun[],
  words: readonly string[],
): string | undefined {
  const isFree = (at: number) => !others.some(({ start, end }) => start <= at && at < end);
  const places = head.role === "bare" ? [head.start - 1, head.end] : [head.start - 1];
  const beside = [head.prefix, ...places.filter(isFree).map((at) => words[at])];
  return beside.find((word) => word !== undefined && isOfMaterial(word));
}

/** 종이로 버려요: where it goes, and not what it is made of, as in 종이로 된. */
function isTarget(material: Noun, words: readonly string[]): boolean {
  return material.role === "at" && !/^(?:된|만든|만들|되어)/.test(words[material.end] ?? "");
}

/** 종이 트레이, 유리로 된 통, 통은 유리예요. */
function isSaidOf(material: Noun, head: Noun, words: readonly string[]): boolean {
  if (material.end <= head.start) {
    if (material.role === "at") return !isTarget(material, words);
    return material.role === "bare" && material.end === head.start;
  }
  return material.role === "end" || material.role === "bare";
}

const containerNames: ReadonlySet<string> = new Set(["통", "병", "용기", "튜브", "팩", "껍데기"]);
const containers: ReadonlySet<string> = new Set(["플라스틱류", "유리병", "금속류", "종이팩"]);

/** 이불 비닐, 시계 유리, 과자 종이 are a wrapping or a part; 보온물병 스뎅 and 유리컵 say what it is made of. */
export function isPartOf(material: Noun, whole: Noun): boolean {
  if (whole.end !== material.start || whole.role !== "bare" || whole.kind !== "item") return false;
  const kinds = [whole.folded, whole.folded.slice(-1)];
  if (kinds.some((kind) => ITEM_NAMES.has(material.folded + kind))) return false;
  return isPartBehind(material.folded) || whole.item.category === "음식물류폐기물";
}

export function isMaterial({ folded }: Noun): boolean {
  return isWord(folded, "material");
}
