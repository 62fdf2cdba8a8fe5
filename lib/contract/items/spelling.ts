import { convertQwertyToHangul, disassemble } from "es-hangul";
import { ITEM_NAMES, type NamedItem } from "./items.ts";

/**
 * Finds names that are written as they sound or with a slip: 에어콘, 베게, 유리벙. What differs by tense or
 * similar vowels sounds the same; from three syllables on one more letter may differ, but not the first
 * (장아찌, 강아지). In two syllables one letter makes another word (사과, 사고).
 *
 * The index holds every sound, and of the longer ones every sound less one letter: two words that differ
 * by one letter have one of these in common.
 */

const alike: Readonly<Record<string, string>> = {
  ...{ ㅔ: "ㅐ", ㅖ: "ㅐ", ㅒ: "ㅐ", ㅕ: "ㅓ", ㅑ: "ㅏ", ㅛ: "ㅗ", ㅠ: "ㅜ" },
  ...{ ㅗㅐ: "ㅗㅣ", ㅜㅔ: "ㅗㅣ", ㄲ: "ㄱ", ㅋ: "ㄱ", ㄸ: "ㄷ", ㅌ: "ㄷ" },
  ...{ ㅃ: "ㅂ", ㅍ: "ㅂ", ㅆ: "ㅅ", ㅉ: "ㅈ", ㅊ: "ㅈ" },
};

interface Sounding extends NamedItem {
  readonly sound: string;
}

const index = new Map<string, Sounding[]>();
for (const [name, named] of ITEM_NAMES) {
  if (!/^[가-힣]{2,}$/.test(name)) continue;
  const sound = soundOf(name);
  for (const key of keysOf(sound, name.length > 2)) {
    const sounding = index.get(key);
    if (sounding) sounding.push({ ...named, sound });
    else index.set(key, [{ ...named, sound }]);
  }
}

/** The item a word is a misspelling of; undefined when it is none, or of several categories. */
export function respell(word: string): NamedItem | undefined {
  if (/^[a-z]{4,}$/.test(word)) return ITEM_NAMES.get(convertQwertyToHangul(word));
  if (!/^[가-힣]{2,12}$/.test(word)) return undefined;
  const sound = soundOf(word);
  const keys = keysOf(sound, word.length > 2);
  const near = keys
    .flatMap((key) => index.get(key) ?? [])
    .filter((one) => isNear(one.sound, sound));
  const same = near.filter((one) => one.sound === sound);
  return onlyOne(same.length > 0 || word.length < 3 ? same : near);
}

function onlyOne(found: readonly NamedItem[]): NamedItem | undefined {
  const categories = new Set(found.map(({ item }) => item.category));
  return categories.size === 1 ? found[0] : undefined;
}

function soundOf(word: string): string {
  return disassemble(word).replace(/ㅗㅐ|ㅗㅣ|ㅜㅔ|./g, (letter) => alike[letter] ?? letter);
}

/** The sound, and without each of its letters but the first. */
function keysOf(sound: string, isLong: boolean): string[] {
  if (!isLong) return [sound];
  const shorter = Array.from(sound, (_, i) => sound.slice(0, i) + sound.slice(i + 1)).slice(1);
  return [sound, ...shorter];
}

/** At most one letter is other, missing or added. */
function isNear(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start++;
  let end = 0;
  while (end < shorter - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  return start + end >= Math.max(a.length, b.length) - 1;
}
