import { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import { type FinalAnswer, numberSteps, STEPS_MAX } from "#lib/contract/answer.ts";
import { type ModelClassification, normalize } from "#lib/contract/classification.ts";
import { visibleText } from "#lib/contract/plain-text.ts";
import { MAJORS, MIDDLES, RECYCLABLE, SITUATION_TAGS } from "#lib/contract/vocabulary.ts";
import { Fault } from "#lib/error/fault.ts";
import { jsonCandidates } from "./json-candidates.ts";

/**
 * The schemas of a generative model's structured output, and their tolerant reader.
 *
 * The schemas are strict, since structured output wants every property required and none besides. Reading
 * is strict about meaning and tolerant about form: a word of the vocabulary is known however it is spaced
 * or encoded, an unknown tag is dropped, an unknown material is none, a list is a list in whichever shape,
 * an overlong text is cut. Servers differ in how well they hold a schema; a scan should not be paid for
 * twice over a missing `null`.
 */

/** Longest texts kept, in UTF-16 units: what a phone can show, and what the result may weigh. */
export const minorCharsMax = 80;
export const stepCharsMax = 300;
export const answerCharsMax = 1_500;
export const questionCharsMax = 200;
export const insufficienciesMax = 10;

const STEP_KEYS = Array.from({ length: STEPS_MAX }, (_, i) => `단계${i + 1}`);

const WrittenClassification = v.strictObject({
  classification: v.strictObject({
    major_category: v.picklist(MAJORS),
    middle_category: v.nullable(v.picklist([...MIDDLES, ...MAJORS])),
    minor_category: v.nullable(v.string()),
  }),
  situation_tags: v.array(v.picklist(SITUATION_TAGS)),
  question: v.nullable(v.string()),
});

const WrittenAnswer = v.strictObject({
  disposal_steps: v.strictObject(v.entriesFromList(STEP_KEYS, v.nullable(v.string()))),
  insufficiencies: v.array(v.string()),
  user_answer: v.string(),
});

/** JSON Schemas for `response_format`, without `$schema`, which some servers refuse. */
export const classificationJsonSchema = jsonSchemaOf(WrittenClassification);
export const answerJsonSchema = jsonSchemaOf(WrittenAnswer);

/** @throws Fault `MODEL_OUTPUT_INVALID` when no object in the reply is a classification. */
export function readClassification(reply: string): ModelClassification {
  return firstThatFits(reply, classificationOf);
}

/** @throws Fault `MODEL_OUTPUT_INVALID` when no object in the reply is an answer in Korean. */
export function readAnswer(reply: string): FinalAnswer {
  return firstThatFits(reply, answerOf);
}

/** Cuts to at most `charsMax` UTF-16 units, never through a character. */
export function clip(value: string, charsMax: number): string {
  if (value.length <= charsMax) return value;
  const cut = value.slice(0, charsMax);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}

export function firstThatFits<T>(reply: string, readFrom: (candidate: object) => T | Misfit): T {
  let why = "no JSON object";
  for (const candidate of jsonCandidates(reply)) {
    const read = readFrom(candidate);
    if (!(read instanceof Misfit)) return read;
    why = read.why;
  }
  throw new Fault("MODEL_OUTPUT_INVALID", { cause: new Error(why) });
}

export class Misfit {
  readonly why: string;
  constructor(why: string) {
    this.why = why;
  }
}

function classificationOf(candidate: object): ModelClassification | Misfit {
  // Some models leave out the level.
  const words = fieldOf(candidate, "classification") ?? candidate;
  const said = fieldOf(words, "major_category");
  const material = wordOf(materials, said);
  const major = wordOf(majors, said) ?? (material && RECYCLABLE);
  if (!major) return new Misfit("no known major_category");
  const middle = wordOf(materials, fieldOf(words, "middle_category")) ?? material;
  const minor = clip(wordIn(fieldOf(words, "minor_category")), minorCharsMax);
  const question = clip(wordIn(fieldOf(candidate, "question")), questionCharsMax);
  return {
    classification: normalize({
      major_category: major,
      middle_category: middle ?? null,
      minor_category: minor || null,
    }),
    situation_tags: tagsOf(fieldOf(candidate, "situation_tags")),
    ...(question ? { question } : {}),
  };
}

function answerOf(candidate: object): FinalAnswer | Misfit {
  const answer = textsOf(fieldOf(candidate, "user_answer")).join(" ");
  const steps = linesOf(fieldOf(candidate, "disposal_steps"));
  if (!answer) return new Misfit("no user_answer");
  if (!hangul.test(answer) || (steps.length > 0 && !hangul.test(steps.join()))) {
    return new Misfit("not in Korean");
  }
  return {
    disposal_steps: numberSteps(
      steps.map((step) => clip(step.replace(ownNumber, ""), stepCharsMax)),
    ),
    insufficiencies: linesOf(fieldOf(candidate, "insufficiencies"))
      .map((todo) => clip(todo, stepCharsMax))
      .slice(0, insufficienciesMax),
    user_answer: clip(answer, answerCharsMax),
  };
}

const hangul = /\p{Script=Hangul}/u;
/** "1. ", "단계1: ", "- ": the steps are numbered by us. */
const ownNumber = /^(?:(?:단계|step)?\s*\d{1,2}\s*[.):]|[-*•])\s+/i;
/** What models write for null. */
const nothing = /^(?:null|none|nil|undefined|n\/a|-|없음|해당 ?없음)$/i;

const majors = spellingsOf(MAJORS);
const materials = spellingsOf(MIDDLES);
const tags = spellingsOf(SITUATION_TAGS);

function tagsOf(value: unknown): ModelClassification["situation_tags"] {
  const said = typeof value === "string" ? value.split(/[,;\n]/) : value;
  const list: unknown[] = Array.isArray(said) ? said : [...textsOf(said), ...truesOf(said)];
  return [...new Set(list.flatMap((word) => wordOf(tags, word) ?? []))];
}

/** `{"깨짐": true}` */
function truesOf(value: unknown): string[] {
  return Object.entries(Object(value)).flatMap(([name, is]) => (is === true ? [name] : []));
}

type Spellings<W> = ReadonlyMap<string, W>;

export function spellingsOf<W extends string>(words: readonly W[]): Spellings<W> {
  return new Map(words.flatMap((word) => [word, fold(word)].map((one) => [one, word])));
}

/** The word of the vocabulary that is meant. Most are spelled as they should be, which is cheap to see. */
export function wordOf<W>(spellings: Spellings<W>, said: unknown): W | undefined {
  const exact = typeof said === "string" ? spellings.get(said) : undefined;
  if (exact !== undefined) return exact;
  const word = wordIn(said);
  return spellings.get(fold(word)) ?? wordWithin(spellings, word);
}

/** The one word that stands in a path, a sentence, quotes, or beside its number or translation; of two neither. */
function wordWithin<W>(spellings: Spellings<W>, said: string): W | undefined {
  const parts = said.normalize("NFKC").split(besideWords);
  const found = parts.map((part) => spellings.get(fold(part.trim().replace(copula, ""))));
  const words = new Set(found.filter((word) => word !== undefined));
  return words.size === 1 ? [...words][0] : undefined;
}

const besideWords = /[>/|:;,.()[\]"'`“”‘’«»→*#\d]+/;
/** "…입니다": what a sentence puts behind a noun. */
const copula = /\s*(?:입니다|이에요|예요|이다|임|으로 보입니다|로 보입니다)$/;

/** What two spellings of one word have in common. */
function fold(word: string): string {
  return word
    .normalize("NFKC")
    .replaceAll(/[\s_\-\p{Cf}]/gu, "")
    .toLowerCase();
}

export function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  const fields: Readonly<Record<string, unknown>> = { ...value };
  if (Object.hasOwn(fields, name)) return fields[name];
  const spelled = Object.keys(fields).find((key) => fold(key) === fold(name));
  return spelled === undefined ? undefined : fields[spelled];
}

/** The text as it is stored and shown; "" for what is no text, or says that there is none. */
function textOf(value: unknown): string {
  if (typeof value !== "string") return "";
  const text = visibleText(unescaped(value).normalize("NFC")).trim();
  return nothing.test(text) ? "" : text;
}

/** Without the second escape that some models give to what is not ASCII. */
function unescaped(text: string): string {
  return text.replaceAll(/\\u([\da-f]{4})/gi, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** A text, also in a list of one. */
export function wordIn(value: unknown): string {
  return typeof value === "string" ? textOf(value) : (textsOf(value)[0] ?? "");
}

/** A list of texts; a single text has one a line. */
function linesOf(value: unknown): string[] {
  return textsOf(typeof value === "string" ? value.split("\n") : value);
}

/** The texts in a value: of an object in the order of the numbers in its keys, of an item in one. */
export function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [textOf(value)].filter(Boolean);
  if (typeof value !== "object" || value === null) return [];
  const items: unknown[] = Array.isArray(value) ? value : inOrder(value);
  return items
    .flatMap((item) => (Array.isArray(item) ? textsOf(item) : [textsOf(item).join(" ")]))
    .filter(Boolean);
}

function inOrder(value: object): unknown[] {
  const numbered = Object.entries(value).map(([key, item]) => ({ at: numberIn(key), item }));
  return numbered.toSorted((a, b) => a.at - b.at).map(({ item }) => item);
}

/** A key without a number keeps its place behind those that have one. */
function numberIn(key: string): number {
  return Number(/\d+/.exec(key)?.[0] ?? STEPS_MAX + 1);
}

export function jsonSchemaOf(schema: v.GenericSchema): Record<string, unknown> {
  const { $schema: _, ...rest } = toJsonSchema(schema);
  return rest;
}
