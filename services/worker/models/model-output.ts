import { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import { type FinalAnswer, numberSteps, STEPS_MAX } from "#lib/contract/answer.ts";
import { type ModelClassification, normalize } from "#lib/contract/classification.ts";
import { visibleText } from "#lib/contract/plain-text.ts";
import { MAJORS, MIDDLES, SITUATION_TAGS } from "#lib/contract/vocabulary.ts";
import { Fault } from "#lib/error/fault.ts";

/**
 * The schemas of a generative model's structured output, and their tolerant reader.
 *
 * The schemas are strict, since structured output wants every property required and none besides. Reading
 * is strict about values and tolerant about shape: extra keys are dropped, a missing optional key
 * is null or empty, an overlong text is cut. Servers differ in how well they hold a schema; a scan
 * should not be paid for twice over a missing `null`.
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

const text = v.pipe(v.string(), v.transform(visibleText), v.trim());
const textOrNull = v.nullish(text, null);

const ReadClassification = v.object({
  classification: v.object({
    major_category: text,
    middle_category: textOrNull,
    minor_category: textOrNull,
  }),
  situation_tags: v.nullish(v.array(text), []),
  question: textOrNull,
});

const Vocabulary = v.object({
  major_category: v.picklist(MAJORS),
  middle_category: v.nullable(v.picklist([...MIDDLES, ...MAJORS])),
  situation_tags: v.array(v.picklist(SITUATION_TAGS)),
});

const ReadAnswer = v.object({
  disposal_steps: v.object(v.entriesFromList(STEP_KEYS, textOrNull)),
  insufficiencies: v.nullish(v.array(text), []),
  user_answer: v.pipe(text, v.minLength(1)),
});

/**
 * Reads a model's classification. Rejects with `MODEL_OUTPUT_INVALID`: JSON, schema, vocabulary.
 */
export function readClassification(content: string): ModelClassification {
  const { classification, situation_tags, question } = read(ReadClassification, content);
  const words = check("vocabulary", Vocabulary, { ...classification, situation_tags });
  return {
    classification: normalize({
      major_category: words.major_category,
      middle_category: words.middle_category,
      minor_category: clip(classification.minor_category ?? "", minorCharsMax) || null,
    }),
    situation_tags: [...new Set(words.situation_tags)],
    ...(question ? { question: clip(question, questionCharsMax) } : {}),
  };
}

/** Reads a model's answer. Rejects with `MODEL_OUTPUT_INVALID`: JSON, schema. */
export function readAnswer(content: string): FinalAnswer {
  const { disposal_steps, insufficiencies, user_answer } = read(ReadAnswer, content);
  const steps = STEP_KEYS.map((key) => clip(disposal_steps[key] ?? "", stepCharsMax));
  return {
    disposal_steps: numberSteps(steps.filter((step) => step !== "")),
    insufficiencies: insufficiencies
      .map((todo) => clip(todo, stepCharsMax))
      .filter((todo) => todo !== "")
      .slice(0, insufficienciesMax),
    user_answer: clip(user_answer, answerCharsMax),
  };
}

/** Cuts to at most `charsMax` UTF-16 units, never through a character. */
export function clip(value: string, charsMax: number): string {
  if (value.length <= charsMax) return value;
  const cut = value.slice(0, charsMax);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}

function read<S extends v.GenericSchema>(schema: S, content: string): v.InferOutput<S> {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (cause) {
    throw new Fault("MODEL_OUTPUT_INVALID", { cause });
  }
  return check("schema", schema, value);
}

function check<S extends v.GenericSchema>(what: string, schema: S, value: unknown) {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const issues = result.issues.slice(0, 5).map((issue) => {
    return `${v.getDotPath(issue) ?? "(root)"}: ${clip(issue.message, 200)}`;
  });
  throw new Fault("MODEL_OUTPUT_INVALID", { cause: new Error(`${what}: ${issues.join("; ")}`) });
}

function jsonSchemaOf(schema: v.GenericSchema): Record<string, unknown> {
  const { $schema: _, ...rest } = toJsonSchema(schema);
  return rest;
}
