import * as v from "valibot";
import { MAJORS, MIDDLES, UNCLASSIFIED } from "#lib/contract/vocabulary.ts";

/** What people say, the categories that are right for it, and where that is from, with its kind. */
export const Question = v.object({
  say: v.string(),
  /** A file of `infra/samples`; without one the photo shows nothing. */
  photo: v.optional(v.pipe(v.string(), v.regex(/^[\w-]+\.(?:jpg|webp)$/))),
  accept: v.pipe(v.array(v.picklist([...MIDDLES, ...MAJORS])), v.minLength(1)),
  source: v.pipe(v.string(), v.nonEmpty()),
});
export type Question = v.InferOutput<typeof Question>;

/**
 * @param json questions as `questions.json` has them
 * @throws for those of `bun run feedback export` that nobody has reviewed: a user may be wrong, and may have written
 * what is personal.
 */
export function readQuestions(json: unknown): Question[] {
  const marked = v.parse(v.array(v.looseObject({ reviewed: v.optional(v.boolean()) })), json);
  const unseen = marked.filter(({ reviewed }) => reviewed === false).length;
  if (unseen > 0)
    throw new Error(`${unseen} questions are not reviewed: look at each, then remove the mark`);
  return v.parse(v.array(Question), json);
}

/** `asked`: it asks back where an answer was to be had. */
export type Verdict = "right" | "asked" | "wrong";

export function judge({ accept }: Question, category: Question["accept"][number]): Verdict {
  if (accept.includes(category)) return "right";
  return category === UNCLASSIFIED ? "asked" : "wrong";
}

export function kindOf({ source }: Question): string {
  return /kind ([\w-]+)/.exec(source)?.[1] ?? "other";
}

const Count = v.object({ right: v.number(), asked: v.number(), wrong: v.number() });
export type Count = v.InferOutput<typeof Count>;

/** How many questions of each kind came out how; `all` counts them together. */
export const Tally = v.record(v.string(), Count);
export type Tally = v.InferOutput<typeof Tally>;

export function tally(judged: readonly { question: Question; verdict: Verdict }[]): Tally {
  const counts: Record<string, Count> = { all: { right: 0, asked: 0, wrong: 0 } };
  for (const { question, verdict } of judged) {
    for (const kind of [kindOf(question), "all"]) {
      const count = counts[kind] ?? { right: 0, asked: 0, wrong: 0 };
      counts[kind] = { ...count, [verdict]: count[verdict] + 1 };
    }
  }
  return counts;
}

/** Shares in percent: at least so many right, at most so many wrong. */
export const Floor = v.object({ right: v.number(), wrong: v.number() });
export type Floor = v.InferOutput<typeof Floor>;

export function share(count: Count, verdict: Verdict): number {
  const total = count.right + count.asked + count.wrong;
  return total === 0 ? 100 : (100 * count[verdict]) / total;
}

export function isBelow(floor: Floor, count: Count): boolean {
  return share(count, "right") < floor.right || share(count, "wrong") > floor.wrong;
}
