import * as v from "valibot";
import { FinalAnswer } from "#lib/contract/answer.ts";
import { ClassificationResult } from "#lib/contract/classification.ts";

/**
 * What travels through the scan queues: the whole context, so that a wiped Redis loses no accepted
 * scan. Every stage adds its output and passes the message on; a regulation is not carried, since
 * its category already names it. Fields that a newer release adds are passed on as they are.
 */
export const ScanMessage = v.looseObject({
  job_id: v.pipe(v.string(), v.uuid()),
  user_id: v.string(),
  image_url: v.string(),
  user_input: v.string(),
  /** The model asked for. */
  model: v.string(),
  /** Milliseconds since the Unix epoch. */
  submitted_at: v.number(),
  vision: v.optional(ClassificationResult),
  answer: v.optional(FinalAnswer),
});
export type ScanMessage = v.InferOutput<typeof ScanMessage>;

/** One epoch of one scan: every event and every result is of one. */
export interface ScanRun {
  readonly message: ScanMessage;
  readonly epoch: number;
}

/** The message as the rule and answer stages need it. */
export const ClassifiedMessage = v.required(ScanMessage, ["vision"]);
/** The message as the reward stage needs it. */
export const AnsweredMessage = v.required(ScanMessage, ["vision", "answer"]);
