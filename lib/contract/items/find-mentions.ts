import { foldName } from "./fold-text.ts";
import { ITEM_NAMES, ITEMS, type NamedItem } from "./items.ts";
import { respell } from "./spelling.ts";
import {
  endsInVerb,
  isBeside,
  isKnownWord,
  isModifier,
  isOrdinary,
  isVerb,
  isWord,
  type Role,
  roleOf,
  roleOfSyllable,
} from "./words.ts";

/**
 * What stands in a clause, from left to right: items under their names, nouns nobody knows, and the
 * words between. Positions count the clause's words, `end` exclusive.
 */
export type Mention =
  | (NamedItem & {
      readonly kind: "item";
      readonly role: Role;
      /** What stands before the name in the same word: the 종이 of 종이트레이. */
      readonly prefix?: string;
    } & WordSpan)
  | ({ readonly kind: "unknown"; readonly role: Role } & Omit<NamedItem, "item"> & WordSpan)
  | ({ readonly kind: "word"; readonly text: string } & WordSpan);

interface WordSpan {
  readonly start: number;
  readonly end: number;
}

/** An item found in words, and how it is used. */
interface Found extends NamedItem {
  readonly role: Role;
  /** Letters of the name: the longest name wins and hides the shorter ones in it. */
  readonly length: number;
  /** Words it takes up. */
  readonly words: number;
  readonly prefix?: string;
}

export function findMentions(words: readonly string[]): Mention[] {
  const mentions: Mention[] = [];
  for (let start = 0; start < words.length; ) {
    const mention = mentionAt(words, start);
    mentions.push(mention);
    start = mention.end;
  }
  return mentions;
}

function mentionAt(words: readonly string[], start: number): Mention {
  const word = words[start] ?? "";
  const plain: Mention = { kind: "word", text: word, start, end: start + 1 };
  if (isAdverb(words, start) || isFee(words, start)) return plain;
  const found = best(findAcross(words, start), findInside(word), findSpelledOut(words, start));
  const isPart = found?.words === 1 && found.length < word.length;
  if ((!found || isPart) && isOrdinary(word)) return unknown(word, start);
  if (found?.prefix !== undefined && (found.length === 1 || !isDescription(found.prefix))) {
    // 전자계사기 is a slip of 계산기 sooner than china (사기).
    const whole = respelled(words, start, word.length - 1);
    if (whole) return whole;
  }
  if (found && !isPlainWord(word, found)) {
    const slip = found.role === "bare" ? misspelledWith(words, start + found.words) : undefined;
    if (slip) return slip;
    const { length: _, words: size, ...mention } = found;
    return { kind: "item", ...mention, start, end: start + size };
  }
  if (isWord(word, "material")) return misspelledWith(words, start + 1) ?? plain;
  if (isKnownWord(word) || !/[\p{L}\p{N}]/u.test(word)) return plain;
  return respelled(words, start) ?? unknown(word, start);
}

/** Letters of the longest name that begins with a letter: most letters of a sentence begin none. */
const nameCharsMax = new Map<string, number>();
for (const { length, 0: first = "" } of ITEM_NAMES.keys()) {
  nameCharsMax.set(first, Math.max(length, nameCharsMax.get(first) ?? 0));
}
/** Two syllables across a space are a name only if somebody wrote it so (헌 옷): 이 불 is no 이불. */
const spacedShortNames = new Set(
  ITEMS.flatMap(({ name, also }) => [name, ...also])
    .filter((name) => name.includes(" "))
    .map(foldName)
    .filter((name) => name.length === 2),
);

/** A name written over several words, from the start of one on. */
function findAcross(words: readonly string[], start: number): Found | undefined {
  const before = words[start - 1] ?? "";
  // "안 깨진 형광등" is none that is broken.
  if (["안", "못", "덜"].includes(before) && isVerb(words[start] ?? "")) return undefined;
  if (isBound(words[start] ?? "", before)) return undefined;
  const lengthMax = nameCharsMax.get(words[start]?.[0] ?? "") ?? 0;
  let found: Found | undefined;
  let text = words[start] ?? "";
  for (let end = start + 2; end <= words.length && text.length < lengthMax; end++) {
    const from = text.length;
    text += words[end - 1];
    for (let length = from + 1; length <= Math.min(text.length, lengthMax); length++) {
      const named = ITEM_NAMES.get(text.slice(0, length));
      if (!named || (length === 2 && !spacedShortNames.has(text.slice(0, 2)))) continue;
      const role = roleOf(text.slice(length), length > 2);
      if (role) found = { ...named, role, length, words: end - start };
    }
  }
  return found;
}

/** "사진 속 바지" is no 속바지: the place belongs to the noun before it. */
function isBound(word: string, before: string): boolean {
  return before !== "" && isBeside(word) && !isVerb(before) && !isWord(before, "function");
}

/** A name inside one word, with what describes it before and a particle behind: 빈소주병은. */
function findInside(word: string): Found | undefined {
  let found: Found | undefined;
  let foundEnd = 0;
  for (let start = 0; start < word.length; start++) {
    const lengthMax = nameCharsMax.get(word[start] ?? "") ?? 0;
    for (let end = Math.min(word.length, start + lengthMax); end > start; end--) {
      const length = end - start;
      if (found && length < found.length) break;
      const named = ITEM_NAMES.get(word.slice(start, end));
      if (!named || !mayPrecede(word.slice(0, start), word.slice(start, end))) continue;
      // 치킨뼈는일반쓰레기인가요: what is asked about a thing does not name it.
      if (found && start >= foundEnd && isWord(named.folded, "category")) continue;
      const role = length > 1 ? roleOf(word.slice(end), true) : roleOfSyllable(word.slice(end));
      // Of two names of a length the later is the head, but 전지도 is a battery and no map.
      if (role && !(found && length === found.length && start < foundEnd)) {
        const prefix = start > 0 ? { prefix: word.slice(0, start) } : {};
        found = { ...named, role, length, words: 1, ...prefix };
        foundEnd = end;
      }
    }
  }
  return found;
}

/**
 * Whether a name may begin behind `before` in one word. A short name behind unknown syllables is
 * more often a chance meeting of syllables: 주의자, 물고기, 이바지.
 */
function mayPrecede(before: string, name: string): boolean {
  if (before === "") return true;
  if (/[a-z]$/.test(before) && /^[a-z]/.test(name)) return false;
  if (before.length === 1)
    return prefixes.has(before)
      ? name.length > 1 || before === "빈" || before === "헌" || before === "새"
      : name.length > 2 && ITEM_NAMES.has(before);
  if (name.length === 1) return endsInVerb(before);
  if (isDescription(before)) return true;
  return name.length > 2 || (name.length === 2 && before.length > 1);
}

/** What is written onto a noun: 빈, 왕만두, 폐건전지. */
const prefixes = new Set("빈헌새큰긴찬왕폐생햇통맨");

function isDescription(before: string): boolean {
  return prefixes.has(before) || isModifier(before) || ITEM_NAMES.has(before);
}

/** "유 리 병": a name spelled out in single syllables. */
function findSpelledOut(words: readonly string[], start: number): Found | undefined {
  let end = start;
  while (end < words.length && /^[가-힣]$/.test(words[end] ?? "")) end++;
  if (end - start < 3) return undefined;
  const found = findInside(words.slice(start, end).join(""));
  return found && found.length > 2 ? { ...found, words: end - start } : undefined;
}

function best(...candidates: readonly (Found | undefined)[]): Found | undefined {
  const found = candidates.filter((one) => one !== undefined);
  return found.toSorted((a, b) => b.length - a.length)[0];
}

/** "약 3개" is about three and no drug, "못 옮기겠어요" cannot and no nail. */
function isAdverb(words: readonly string[], at: number): boolean {
  const next = words[at + 1] ?? "";
  if (words[at] === "못" && at > 0) return isVerb(next) && !/^버[리려릴린]/.test(next);
  return words[at] === "약" && (/^\d/.test(next) || isWord(next, "number"));
}

/** "침대 스티커 사야 하나요": what is paid for bulky waste. */
function isFee(words: readonly string[], at: number): boolean {
  const isSticker = at > 0 && /^(?:스티커|딱지|봉투)/.test(words[at] ?? "");
  return isSticker && /^(?:사야|사면|사서|얼마|필요|붙여|붙이|있어야)/.test(words[at + 1] ?? "");
}

/** A word of its own that only happens to hold a short name: 그래도, 하나로. */
function isPlainWord(word: string, found: Found): boolean {
  return found.words === 1 && found.length < word.length && isWord(word, ...plainClasses);
}

const plainClasses = [
  "function",
  "verb",
  "more",
  "removed",
  "beside",
  "number",
  "english",
] as const;

/** @param lengthMin letters that a name at least has */
function respelled(words: readonly string[], start: number, lengthMin = 2): Mention | undefined {
  const word = words[start] ?? "";
  const joined = word + (words[start + 1] ?? "");
  for (const [text, end] of [
    [joined, start + 2],
    [word, start + 1],
  ] as const) {
    for (let length = text.length; length >= lengthMin; length--) {
      if (end > start + 1 ? length <= word.length : isCompound(text.slice(0, length))) break;
      const role = roleOf(text.slice(length), false);
      const named = role && respell(text.slice(0, length));
      if (named) return { kind: "item", ...named, role, start, end: Math.min(end, words.length) };
    }
  }
  return undefined;
}

/** 껌껍질 is the 껍질 of 껌, which nobody has entered, and no slip of 감껍질. */
function isCompound(word: string): boolean {
  for (let end = 1; end < word.length - 1; end++) {
    if (ITEM_NAMES.has(word.slice(0, end)) && ITEM_NAMES.has(word.slice(end))) return true;
  }
  return false;
}

/** "플라스틱 용귀": a known word and an unknown one that together are a name with a slip. */
function misspelledWith(words: readonly string[], next: number): Mention | undefined {
  const word = words[next];
  // 무 꼬리 is no slip of 문고리.
  if (
    word === undefined ||
    (words[next - 1]?.length ?? 0) < 2 ||
    isKnownWord(word) ||
    findInside(word)
  )
    return undefined;
  const both = respelled(words, next - 1);
  return both?.end === next + 1 ? both : undefined;
}

function unknown(word: string, start: number): Mention {
  let name = word;
  let role: Role = "bare";
  for (let length = word.length - 1; length > 0; length--) {
    const tail = roleOf(word.slice(length), false);
    // 나 is the end of many nouns: 코로나 is no "코로 or".
    const isEnding = tail === "and" && (length < 2 || word.endsWith("나"));
    if (!tail || isEnding || (tail !== "end" && role !== "bare")) continue;
    name = word.slice(0, length);
    role = tail;
  }
  return { kind: "unknown", name, folded: name, role, start, end: start + 1 };
}
