import * as v from "valibot";
import { FinalAnswer } from "#lib/contract/answer.ts";
import { ClassificationResult } from "#lib/contract/classification.ts";
import { named } from "#lib/contract/named.ts";
import { Center } from "#lib/contract/places/center.ts";
import { Regulation } from "#lib/contract/regulation.ts";
import { findRegulation } from "#lib/contract/regulations.ts";

export const Reward = named(
  "Reward",
  v.object({
    /** True when this scan granted the character. */
    received: v.boolean(),
    /** True when the user had it before this scan. */
    already_owned: v.boolean(),
    character_code: v.string(),
    name: v.string(),
    dialog: v.string(),
    /** The material that earned it. */
    match_reason: v.string(),
  }),
  {
    received: true,
    already_owned: false,
    character_code: "char-glass",
    name: "비비",
    dialog: "반짝반짝!",
    match_reason: "유리병",
  },
);
export type Reward = v.InferOutput<typeof Reward>;

export const ScanError = named("ScanError", v.object({ code: v.string(), message: v.string() }), {
  code: "MODEL_TIMEOUT",
  message: "분석이 제때 끝나지 않았어요.",
});
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
export const ScanResult = named(
  "ScanResult",
  v.object({
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
  }),
  {
    task_id: "019bd000-0000-7000-8000-000000000001",
    status: "completed",
    message: "분석이 끝났어요.",
    pipeline_result: {
      classification_result: {
        classification: {
          major_category: "재활용폐기물",
          middle_category: "유리병",
          minor_category: "와인병",
        },
        situation_tags: [],
        meta: { user_input: "다 마신 유리병이에요.", model: "gpt-5.2", estimate: false },
      },
      disposal_rules: null,
      final_answer: {
        disposal_steps: {
          단계1: "뚜껑을 떼요.",
          단계2: "물로 헹궈요.",
          단계3: "유리병 수거함에 넣어요.",
        },
        insufficiencies: ["코르크 마개를 빼 주세요."],
        user_answer: "와인병은 유리병으로 버려요.",
      },
    },
    reward: null,
    error: null,
  },
);
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
