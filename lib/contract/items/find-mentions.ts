import { foldName } from "./fold-text.ts";
import { ITEM_NAMES, ITEMS, type NamedItem } from "./items.ts";
import { respell } from "./spelling.ts";
import {
  endsInVerb,
  isKnownWord,
  isModifier,
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
  | (NamedItem & { readonly kind: "item"; readonly role: Role } & WordSpan)
  | ({ readonly kind: "unknown"; readonly name: string; readonly role: Role } & WordSpan)
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
  const found = best(findAcross(words, start), findInside(word), findSpelledOut(words, start));
  if (found && !(isAdverb(words, start) || isPlainWord(word, found))) {
    const slip = found.role === "bare" ? misspelledWith(words, start + found.words) : undefined;
    if (slip) return slip;
    const { item, name, role } = found;
    return { kind: "item", item, name, role, start, end: start + found.words };
  }
  if (isKnownWord(word) || !/[\p{L}\p{N}]/u.test(word))
    return { kind: "word", text: word, start, end: start + 1 };
  return respelled(words, start) ?? unknown(word, start);
}

const nameCharsMax = Math.max(...Array.from(ITEM_NAMES.keys(), (name) => name.length));
/** Two syllables across a space are a name only if somebody wrote it so (헌 옷): 이 불 is no 이불. */
const spacedShortNames = new Set(
  ITEMS.flatMap(({ name, also }) => [name, ...also])
    .filter((name) => name.includes(" "))
    .map(foldName)
    .filter((name) => name.length === 2),
);

/** A name written over several words, from the start of one on. */
function findAcross(words: readonly string[], start: number): Found | undefined {
  // "안 깨진 형광등" is none that is broken.
  const isDenied = isWord(words[start - 1] ?? "", "function") && isVerb(words[start] ?? "");
  if (isDenied && ["안", "못", "덜"].includes(words[start - 1] ?? "")) return undefined;
  let found: Found | undefined;
  let text = words[start] ?? "";
  for (let end = start + 2; end <= words.length && text.length < nameCharsMax; end++) {
    const from = text.length;
    text += words[end - 1];
    for (let length = from + 1; length <= Math.min(text.length, nameCharsMax); length++) {
      const named = ITEM_NAMES.get(text.slice(0, length));
      if (!named || (length === 2 && !spacedShortNames.has(text.slice(0, 2)))) continue;
      const role = roleOf(text.slice(length), length > 2);
      if (role) found = { ...named, role, length, words: end - start };
    }
  }
  return found;
}

/** A name inside one word, with what describes it before and a particle behind: 빈소주병은. */
function findInside(word: string): Found | undefined {
  let found: Found | undefined;
  for (let start = 0; start < word.length; start++) {
    for (let end = Math.min(word.length, start + nameCharsMax); end > start; end--) {
      const length = end - start;
      if (found && length < found.length) break;
      const named = ITEM_NAMES.get(word.slice(start, end));
      if (!named || !mayPrecede(word.slice(0, start), word.slice(start, end))) continue;
      const role = length > 1 ? roleOf(word.slice(end), true) : roleOfSyllable(word.slice(end));
      // Of two names of a length the later is the head.
      if (role) found = { ...named, role, length, words: 1 };
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
  if (name.length === 1) return isWord(before, "function") || endsInVerb(before);
  if (isModifier(before) || (before.length > 1 && ITEM_NAMES.has(before))) return true;
  return name.length > 2 || (name.length === 2 && before.length > 1);
}

/** "유 리 병": a name spelled out in single syllables. */
function findSpelledOut(words: readonly string[], start: number): Found | undefined {
  let end = start;
  while (end < words.length && /^[가-힣]$/.test(words[end] ?? "")) end++;
  if (end - start < 3) return undefined;
  const found = findInside(words.slice(start, end).join(""));
  return found && { ...found, words: end - start };
}

function best(...candidates: readonly (Found | undefined)[]): Found | undefined {
  const found = candidates.filter((one) => one !== undefined);
  return found.toSorted((a, b) => b.length - a.length)[0];
}

/** "약 3개" is about three, not a drug. */
function isAdverb(words: readonly string[], at: number): boolean {
  const next = words[at + 1] ?? "";
  return words[at] === "약" && (/^\d/.test(next) || isWord(next, "number"));
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

function respelled(words: readonly string[], start: number): Mention | undefined {
  const word = words[start] ?? "";
  const joined = word + (words[start + 1] ?? "");
  for (const [text, end] of [
    [joined, start + 2],
    [word, start + 1],
  ] as const) {
    for (let length = text.length; length > 1; length--) {
      if (end > start + 1 && length <= word.length) break;
      const role = roleOf(text.slice(length), false);
      const named = role && respell(text.slice(0, length));
      if (named) return { kind: "item", ...named, role, start, end: Math.min(end, words.length) };
    }
  }
  return undefined;
}

/** "플라스틱 용귀": a known word and an unknown one that together are a name with a slip. */
function misspelledWith(words: readonly string[], next: number): Mention | undefined {
  const word = words[next];
  if (word === undefined || isKnownWord(word) || findInside(word)) return undefined;
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
  return { kind: "unknown", name, role, start, end: start + 1 };
}
