import * as v from "valibot";
import { FinalAnswer } from "#lib/contract/answer.ts";
import { ClassificationResult } from "#lib/contract/classification.ts";
import { Center } from "#lib/contract/places/center.ts";
import { Regulation } from "#lib/contract/regulation.ts";
import { findRegulation } from "#lib/contract/regulations.ts";

export const Reward = v.object({
  /** True when this scan granted the character. */
  received: v.boolean(),
  /** True when the user had it before this scan. */
  already_owned: v.boolean(),
  character_code: v.string(),
  name: v.string(),
  dialog: v.string(),
  /** The material that earned it. */
  match_reason: v.string(),
});
export type Reward = v.InferOutput<typeof Reward>;

export const ScanError = v.object({ code: v.string(), message: v.string() });
export type ScanError = v.InferOutput<typeof ScanError>;

/**
 * A finished scan as it is kept in Redis and Postgres. The regulation is not stored: its category
 * names it, and a copy in every result would be most of its bytes.
 */
export const StoredResult = v.object({
  status: v.picklist(["completed", "failed"]),
  vision: v.nullable(ClassificationResult),
  answer: v.nullable(FinalAnswer),
  reward: v.nullable(Reward),
  error: v.nullable(ScanError),
});
export type StoredResult = v.InferOutput<typeof StoredResult>;

/** A result with its owner: a reader compares the owner before it shows the result. */
export interface OwnedResult {
  readonly userId: string;
  readonly result: StoredResult;
}

/** A finished scan, as it outlives Redis. */
export interface StoredScan extends OwnedResult {
  readonly epoch: number;
  readonly finishedAt: Date;
}

/** `GET /scan/result/{job_id}` of a finished scan. */
export const ScanResult = v.object({
  task_id: v.string(),
  status: v.picklist(["completed", "failed"]),
  message: v.string(),
  pipeline_result: v.nullable(
    v.object({
      classification_result: ClassificationResult,
      disposal_rules: v.nullable(Regulation),
      final_answer: FinalAnswer,
    }),
  ),
  reward: v.nullable(Reward),
  error: v.nullable(ScanError),
  /**
   * Where to hand it in, nearest first: for who gives a position. Null while that cannot be looked up; empty where
   * nothing is near, or no place takes such a thing.
   */
  nearby: v.exactOptional(v.nullable(v.array(Center))),
});
export type ScanResult = v.InferOutput<typeof ScanResult>;

export function presentResult(jobId: string, stored: StoredResult): ScanResult {
  const { status, vision, answer, reward, error } = stored;
  return {
    task_id: jobId,
    status,
    message: status === "completed" ? "분석이 끝났어요." : (error?.message ?? "분석하지 못했어요."),
    pipeline_result: vision &&
      answer && {
        classification_result: vision,
        disposal_rules: findRegulation(vision.classification) ?? null,
        final_answer: answer,
      },
    reward,
    error,
  };
}
