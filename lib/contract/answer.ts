import * as v from "valibot";
import { named } from "./named.ts";

/** At most this many steps: more is not read on a phone. */
export const STEPS_MAX = 8;

/** Output of the answer stage, in Korean: what the user reads. */
export const FinalAnswer = named(
  "FinalAnswer",
  v.object({
    /** `단계1`, `단계2`, … in order. */
    disposal_steps: v.record(v.pipe(v.string(), v.regex(/^단계[1-8]$/)), v.string()),
    /** What is still to do before the item may be thrown away; empty when nothing is. */
    insufficiencies: v.array(v.string()),
    user_answer: v.string(),
  }),
);
export type FinalAnswer = v.InferOutput<typeof FinalAnswer>;

/** Numbers steps as the contract wants them: `["a", "b"]` → `{단계1: "a", 단계2: "b"}`. */
export function numberSteps(steps: readonly string[]): FinalAnswer["disposal_steps"] {
  return Object.fromEntries(steps.slice(0, STEPS_MAX).map((step, i) => [`단계${i + 1}`, step]));
}
