import { disassemble } from "es-hangul";
import * as v from "valibot";
import { listOf, readTsv } from "#lib/contract/tsv.ts";
import particlesText from "./particles.tsv" with { type: "text" };
import wordsText from "./words.tsv" with { type: "text" };

/**
 * The Korean that stands around items: `particles.tsv` holds what may be written onto a noun and what it
 * then is in the sentence, `words.tsv` the words that are no items.
 */

const ROLES = ["and", "at", "of", "not", "subject", "topic", "end"] as const;
const CLASSES = [
  ...["function", "place", "verb", "more", "removed", "taken", "beside", "number"],
  ...["material", "english"],
] as const;

/**
 * What a noun is in its sentence. `at`: a place, a means or a container, never what is thrown away ·
 * `and`: another item follows · `not`: excluded · `of`: describes what follows · `end`: what something
 * is said to be · `bare`: nothing is written onto it.
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

const classes = new Map<WordClass, ReadonlySet<string>>(
  v.parse(Words, readTsv(wordsText)).map((row) => [row.class, new Set(listOf(row.words))]),
);

export function isWord(word: string, ...among: readonly WordClass[]): boolean {
  return among.some((one) => classes.get(one)?.has(word));
}

/** Words that are no nouns somebody might want to throw away. */
export function isKnownWord(word: string): boolean {
  if (isWord(word, ...CLASSES) || /^\d+[가-힣]{0,2}$/.test(word) || isVerb(word)) return true;
  for (let end = word.length - 1; end > 0; end--) {
    const isListed = isWord(word.slice(0, end), "function", "place", "number", "material");
    if (isListed && roleOf(word.slice(end), false)) return true;
  }
  return false;
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
  return mayBeVerb && startsSentence(tail) ? "topic" : undefined;
}

/** Words somebody wrote on without a space: 건전지버려요, 건전지어디다버려요. */
function startsSentence(text: string): boolean {
  // 하다 makes a verb of the noun: 청소하다, 이바지하다.
  if (/^[하해했한할함]/.test(text)) return false;
  if (isVerb(text)) return true;
  for (let length = 2; length <= Math.min(text.length, 5); length++) {
    if (isWord(text.slice(0, length), "function", "verb")) return true;
  }
  return false;
}

/** The role of a noun of one syllable: what else may be the end of another word (책임, 약다, 칼고). */
export function roleOfSyllable(tail: string): Role | undefined {
  return /^(?:임|다|고|네|지|야|여|당|염|유|나|며|용|류|란|이고|니|여)$/.test(tail)
    ? undefined
    : roleOf(tail, false, 2);
}

const decisive: ReadonlySet<Role> = new Set(["and", "at", "not", "end"]);

/** Stems of the table are prefixes; one that ends in a lone letter (버ㄹ) also covers 벌 and 버려. */
const verbs = Map.groupBy(classes.get("verb") ?? [], (verb) => verb[0]);
const stems = Map.groupBy(
  [...(classes.get("verb") ?? [])].filter((verb) => /[ㄱ-ㅎ]$/.test(verb)),
  (verb) => disassemble(verb)[0],
);

/** A form of a verb, by its beginning: enough to tell it from a noun. */
export function isVerb(word: string): boolean {
  const first = word[0] ?? "";
  if (verbs.get(first)?.some((verb) => startsWithVerb(word, verb))) return true;
  const letters = disassemble(word.slice(0, 3));
  return stems.get(letters[0])?.some((stem) => letters.startsWith(disassemble(stem))) ?? false;
}

/** A stem of one open syllable begins many nouns: only an ending may follow it. */
function startsWithVerb(word: string, verb: string): boolean {
  if (!word.startsWith(verb)) return false;
  if (verb.length > 1 || word === verb) return true;
  const isClosed = disassemble(verb).length > 2;
  return isClosed ? closedEndings.has(word[1] ?? "") : openEndings.has(word[1] ?? "");
}

const closedEndings = new Set("고는은을지던어아었았으습기네나게도음인다자든거것건더");
const openEndings = new Set("고는서면지도야려줄주요던다니나게죠보버놓둔두있없하해한할되된도");

/** A verb that describes the noun behind it ends in ㄴ or ㄹ: 붙은, 담았던, 버릴. */
export function isDescribing(word: string): boolean {
  return isVerb(word) && /[\u11ab\u11af]$/u.test(word.normalize("NFD"));
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
