import * as v from "valibot";
import { listOf, readTsv } from "#lib/contract/tsv.ts";
import { endsWithLetter, lettersOf } from "./letters.ts";
import particlesText from "./particles.tsv" with { type: "text" };
import wordsText from "./words.tsv" with { type: "text" };

/**
 * The Korean that stands around items: `particles.tsv` holds what may be written onto a noun and what it
 * then is in the sentence, `words.tsv` the words that are no items.
 */

const ROLES = ["and", "at", "of", "not", "subject", "topic", "doubt", "end"] as const;
const CLASSES = [
  ...["function", "place", "verb", "more", "removed", "taken", "beside", "number"],
  ...["material", "english", "category", "user", "ordinary"],
] as const;

/**
 * What a noun is in its sentence. `at`: a place, a means or a container, never what is thrown away ·
 * `and`: another item follows · `not`: excluded · `of`: describes what follows · `end`: what something
 * is said to be · `doubt`: what it is asked whether it is · `bare`: nothing is written onto it.
 */
export type Role = "bare" | (typeof ROLES)[number];
export type WordClass = (typeof CLASSES)[number];

const Particles = v.array(v.object({ role: v.picklist(ROLES), particles: v.string() }));
const Words = v.array(v.object({ class: v.picklist(CLASSES), words: v.string() }));

const roleByParticle = new Map<string, Role>(
  v
    .parse(Particles, readTsv(particlesText))
    .flatMap(({ role, particles }) => listOf(particles).map((particle) => [particle, role])),
);
const particleCharsMax = Math.max(...Array.from(roleByParticle.keys(), (key) => key.length));

const words = v
  .parse(Words, readTsv(wordsText))
  .map((row) => [row.class, listOf(row.words)] as const);
const classesByWord = new Map<string, WordClass[]>();
for (const [name, listed] of words) {
  for (const word of listed) classesByWord.set(word, [...(classesByWord.get(word) ?? []), name]);
}

export function isWord(word: string, ...among: readonly WordClass[]): boolean {
  return classesByWord.get(word)?.some((one) => among.includes(one)) ?? false;
}

/** A word of the language that only looks like an item or like a slip of one: 마스코트, 드라이브, 독가스. */
export function isOrdinary(word: string): boolean {
  if (isWord(word, "ordinary")) return true;
  for (let end = word.length - 1; end > 1; end--) {
    if (isWord(word.slice(0, end), "ordinary") && roleOf(word.slice(end), false)) return true;
  }
  return false;
}

const notNouns = CLASSES.filter((one) => one !== "ordinary");

/** Words that are no nouns somebody might want to throw away. */
export function isKnownWord(word: string): boolean {
  if (isWord(word, ...notNouns) || isCount(word) || isVerb(word) || isThing(word)) return true;
  for (let end = word.length - 1; end > 0; end--) {
    const isListed = isWord(word.slice(0, end), "function", "place", "number", "material");
    if (isListed && roleOf(word.slice(end), false)) return true;
  }
  return false;
}

/** 2개, 200ml, 몇장. */
function isCount(word: string): boolean {
  const counted = word.match(/^(?:몇|여러)([가-힣]{1,2})$/)?.[1];
  return /^\d+(?:[가-힣]{0,2}|[a-z]{1,2})$/.test(word) || isWord(counted ?? "", "function");
}

/** 투명한거, 코팅된것: a thing that is described. */
function isThing(word: string): boolean {
  const described = word.match(/^(.+)[거것건]$/)?.[1] ?? "";
  if (described.length === 1 && !isWord(described, "function")) return false;
  return endsWithLetter(described, "ㄴ") || endsWithLetter(described, "ㄹ");
}

/**
 * The role of a noun with `tail` written onto it, or undefined when the tail is no particle: then the
 * noun is only the beginning of another word (책 in 책임).
 *
 * @param mayBeVerb a verb somebody wrote without a space may follow (건전지버려요)
 */
export function roleOf(tail: string, mayBeVerb: boolean, piecesMax = 3): Role | undefined {
  if (tail === "" || /^\d/.test(tail)) return "bare";
  for (let length = Math.min(tail.length, particleCharsMax); length > 0; length--) {
    const role = roleByParticle.get(tail.slice(0, length));
    if (!role || piecesMax === 0) continue;
    const next = roleOf(tail.slice(length), mayBeVerb, piecesMax - 1);
    // Of several particles the one that says most: 안에는 is a place, 만요 an end.
    if (next) return next === "bare" || !decisive.has(next) ? role : next;
  }
  // 헌옷수거함에: a bin is a place.
  if (mayBeVerb && isBeside(tail)) return "at";
  return mayBeVerb && startsSentence(tail) ? "topic" : undefined;
}

/** Words somebody wrote on without a space: 건전지버려요, 건전지어디다버려요. */
function startsSentence(text: string): boolean {
  // 하다 makes a verb of the noun: 청소하다, 이바지하다.
  if (/^[하해했한할함]/.test(text)) return false;
  // 종이접기 is something to do, 종이버리기 is what is asked about.
  if (/기$/.test(text) && !/^(?:버리|내놓|내다|처리|분리|배출)/.test(text)) return false;
  // 신발정리대, 우산보관함: a thing for it; 전화번호부 is none of a telephone.
  if (thingFor.test(text)) return false;
  if (isVerb(text)) return true;
  for (let length = 2; length <= Math.min(text.length, 8); length++) {
    const word = text.slice(0, length);
    if (isWord(word, "function", "verb")) return true;
    // 통은플라스틱인가요: what is asked about it.
    const isAsked = isWord(word, "material", "category");
    if (isAsked && roleOf(text.slice(length), false) === "doubt") return true;
  }
  return false;
}

const thingFor =
  /^(?:(?:정리|보관|수납|청소|건조|세척|소독|포장)(?:함|대|통|기|박스|백|장|솔|제|용품|도구)|번호부)/;

/** The role of a noun of one syllable: what else may be the end of another word (책임, 약다, 칼고). */
export function roleOfSyllable(tail: string): Role | undefined {
  if (/^버[리려릴린]/.test(tail)) return "topic";
  return /^(?:임|다|고|네|지|야|여|당|염|유|나|며|용|류|란|일|이고|니|여)$/.test(tail)
    ? undefined
    : roleOf(tail, false, 2);
}

const decisive: ReadonlySet<Role> = new Set(["and", "at", "not", "doubt", "end"]);

/** Stems of the table are prefixes; one that ends in a lone letter (버ㄹ) also covers 벌 and 버려. */
const listedVerbs = words.find(([name]) => name === "verb")?.[1] ?? [];
const verbs = Map.groupBy(listedVerbs, (verb) => verb[0]);
const stems = Map.groupBy(
  listedVerbs.filter((verb) => /[ㄱ-ㅎ]$/.test(verb)).map(lettersOf),
  (stem) => stem[0],
);

/** A form of a verb, by its beginning: enough to tell it from a noun. */
export function isVerb(word: string): boolean {
  const first = word[0] ?? "";
  if (verbs.get(first)?.some((verb) => startsWithVerb(word, verb))) return true;
  const letters = lettersOf(word.slice(0, 3));
  if (stems.get(letters[0])?.some((stem) => letters.startsWith(stem))) return true;
  return hasVerbEnding(word);
}

/**
 * What no noun ends in: ㅆ stands in the past and in 있다 alone (떼어냈어요), and 제본된, 압축하는 are made of
 * nouns. 뭉뚱쇠였어요 is a noun that something was.
 */
function hasVerbEnding(word: string): boolean {
  if (word.length < 3 || /(?:이었|였)/.test(word)) return false;
  // 드립니다, 합니다; 책입니다 is a noun.
  if (/[^입]니다$/.test(word) && endsWithLetter(word.slice(0, -2), "ㅂ")) return true;
  return Array.from(word).some((one) => endsWithLetter(one, "ㅆ")) || verbEndings.test(word);
}
const verbEndings =
  /(?:[가-힣]{2}(?:된|되는|되어|되면|[하되리기치]다|하여|하는|하던|해서|하면|하려고)|(?:려고|니까|거든|더라고)요?|면서|다가|던|낸|[^이][어아워와려해져켜쳐]요)$/;

/** A stem of one open syllable begins many nouns: only an ending may follow it. */
function startsWithVerb(word: string, verb: string): boolean {
  if (!word.startsWith(verb)) return false;
  if (verb.length > 1 || word === verb) return true;
  const isClosed = lettersOf(verb).length > 2;
  return isClosed ? closedEndings.has(word[1] ?? "") : openEndings.has(word[1] ?? "");
}

const closedEndings = new Set("고는은을지던어아었았으습기네나게도음인다자든거것건더");
const openEndings = new Set("고는서면지도야려줄주요던다니나게죠보버놓둔두있없하해한할되된도");

/** A verb that describes the noun behind it ends in ㄴ or ㄹ, as 붙은, 담았던, 버릴, and not 버리면. */
export function isDescribing(word: string): boolean {
  const isOpen = endsWithLetter(word, "ㄴ") || endsWithLetter(word, "ㄹ");
  return isOpen && !/[면만]$/.test(word) && isVerb(word);
}

/** 다쓴, 안입는: words of which the last describes a noun. */
export function endsInVerb(text: string): boolean {
  if (isDescribing(text)) return true;
  for (let end = 1; end < text.length; end++) {
    if (isWord(text.slice(0, end), "function") && endsInVerb(text.slice(end))) return true;
  }
  return false;
}

/** 밑에서, 속의: a place at the noun before. */
export function isBeside(word: string): boolean {
  if (isWord(word, "beside")) return true;
  for (let end = word.length - 1; end > 0; end--) {
    const role = isWord(word.slice(0, end), "beside") ? roleOf(word.slice(end), false) : undefined;
    if (role === "at" || role === "of") return true;
  }
  return false;
}

/** Whether what stands before a noun in one word may describe it: 다쓴, 안입는, 헌. */
export function isModifier(text: string): boolean {
  if (text === "" || isWord(text, "material", "number", "place")) return true;
  if (isWord(text, "function") || isVerb(text)) return true;
  for (let end = 1; end < text.length; end++) {
    if (isWord(text.slice(0, end), "function") && isModifier(text.slice(end))) return true;
  }
  return false;
}
