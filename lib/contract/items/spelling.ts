import { convertQwertyToHangul } from "es-hangul";
import { ITEM_NAMES, type NamedItem } from "./items.ts";
import { lettersOf } from "./letters.ts";

/**
 * Finds names that are written as they sound or with a slip: 에어콘, 베게, 유리벙. What differs by tense or
 * similar vowels sounds the same; from three syllables on one more letter may differ, but not the first
 * (장아찌, 강아지). In two syllables one letter makes another word (사과, 사고), and one syllable more or less
 * makes another of a short one (비료통, 필통).
 */

const alike: Readonly<Record<string, string>> = {
  ...{ ㅔ: "ㅐ", ㅖ: "ㅐ", ㅒ: "ㅐ", ㅕ: "ㅓ", ㅑ: "ㅏ", ㅛ: "ㅗ", ㅠ: "ㅜ" },
  ...{ ㅗㅐ: "ㅗㅣ", ㅜㅔ: "ㅗㅣ", ㄲ: "ㄱ", ㅋ: "ㄱ", ㄸ: "ㄷ", ㅌ: "ㄷ" },
  ...{ ㅃ: "ㅂ", ㅍ: "ㅂ", ㅆ: "ㅅ", ㅉ: "ㅈ", ㅊ: "ㅈ" },
};

interface Sounding extends NamedItem {
  readonly sound: string;
}

/** The item a word is a misspelling of; undefined when it is none, or of several categories. */
export function respell(word: string): NamedItem | undefined {
  if (/^[a-z]{4,}$/.test(word)) return ITEM_NAMES.get(typedInKorean(word));
  if (!/^[가-힣]{2,12}$/.test(word)) return undefined;
  index ??= buildIndex();
  const sound = soundOf(word);
  const begun = index.byStart.get(startOf(sound)) ?? [];
  const same = begun.filter((one) => one.sound === sound);
  if (same.length > 0 || word.length < 3) return onlyOne(same);
  const ended = index.byEnd.get(endOf(sound)) ?? [];
  const near = [...begun, ...ended].filter((one) => isNear(one.sound, sound));
  return onlyOne(near.filter(({ folded }) => folded.length === word.length || folded.length > 3));
}

/** What the same keys make on a Korean keyboard. The library throws for keys that make no syllable, such as hlaqfq. */
function typedInKorean(word: string): string {
  try {
    return convertQwertyToHangul(word);
  } catch {
    return "";
  }
}

function onlyOne(found: readonly NamedItem[]): NamedItem | undefined {
  const categories = new Set(found.map(({ item }) => item.category));
  return categories.size === 1 ? found[0] : undefined;
}

/**
 * Three syllables are six letters or more: a word that differs from a name in one letter has its first
 * three letters, or its first one and its last three.
 */
interface Index {
  readonly byStart: ReadonlyMap<string, readonly Sounding[]>;
  readonly byEnd: ReadonlyMap<string, readonly Sounding[]>;
}

/** Built when a word is first looked for: most sentences hold none that is unknown. */
let index: Index | undefined;

function buildIndex(): Index {
  const soundings = Array.from(ITEM_NAMES)
    .filter(([name]) => /^[가-힣]{2,}$/.test(name))
    .map(([name, named]) => ({ ...named, sound: soundOf(name) }));
  return {
    byStart: Map.groupBy(soundings, ({ sound }) => startOf(sound)),
    byEnd: Map.groupBy(soundings, ({ sound }) => endOf(sound)),
  };
}

function startOf(sound: string): string {
  return sound.slice(0, 3);
}

function endOf(sound: string): string {
  return `${sound[0]}${sound.slice(-3)}`;
}

function soundOf(word: string): string {
  return lettersOf(word).replace(/ㅗㅐ|ㅗㅣ|ㅜㅔ|./g, (letter) => alike[letter] ?? letter);
}

/** At most one letter is other, missing or added. */
function isNear(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start++;
  let end = 0;
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return start + end >= Math.max(a.length, b.length) - 1;
}
