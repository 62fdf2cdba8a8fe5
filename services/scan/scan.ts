import * as v from "valibot";
import { named } from "#lib/contract/named.ts";
import { optionalField } from "#lib/contract/optional-field.ts";
import { imageUrlCharsMax, userInputCharsMax } from "#lib/contract/scan-limits.ts";
import { storableText } from "#lib/contract/storable-text.ts";
import { MAJORS } from "#lib/contract/vocabulary.ts";
import { Reward } from "#lib/scan/scan-result.ts";
import { STAGES } from "#lib/scan/stage.ts";

/**
 * A scan, as its owner sees it:
 *
 *   (nothing) ──submit──▶ queued ──worker──▶ processing ──worker──▶ completed | failed
 *
 * `submit-scan.ts` makes it, the worker moves it, this service only reads it afterwards, or ends
 * it early for its owner (`cancel-scan.ts`). A finished scan never changes, unless a failed one is
 * redriven; a cancelled one is not.
 */

export const SubmitRequest = named(
  "ScanRequest",
  v.object(
    {
      image_url: v.pipe(
        v.string("IMAGE_URL_REQUIRED"),
        v.trim(),
        v.nonEmpty("IMAGE_URL_REQUIRED"),
        v.maxLength(imageUrlCharsMax, "IMAGE_URL_INVALID"),
        // A URL parser forgives control characters; a database row that keeps the URL does not.
        v.regex(/^[^\p{Cc}\p{Cs}]+$/u, "IMAGE_URL_INVALID"),
        v.description("Where the photo is: https and an allowed host"),
      ),
      user_input: v.nullish(
        v.pipe(
          v.string(),
          // macOS and iOS send a syllable in its two or three parts.
          v.normalize("NFC"),
          v.maxLength(userInputCharsMax, "USER_INPUT_TOO_LONG"),
          v.transform(storableText),
        ),
        "",
      ),
      model: optionalField(v.pipe(v.string(), v.maxLength(100, "UNSUPPORTED_MODEL"))),
    },
    "IMAGE_URL_REQUIRED",
  ),
  {
    image_url: "https://photos.example.com/scan.Zk3u0q1Jd2m8b7.3mQvJ0o5n2b8VwX1c7",
    user_input: "다 마신 유리병이에요. 어떻게 버려요?",
  },
);
export type SubmitRequest = v.InferOutput<typeof SubmitRequest>;

export const SubmitAnswer = named(
  "ScanAccepted",
  v.object({
    job_id: v.pipe(v.string(), v.uuid()),
    stream_url: v.string(),
    result_url: v.string(),
    status: v.literal("queued"),
  }),
  {
    job_id: "019bd000-0000-7000-8000-000000000001",
    stream_url: "/api/v1/stream?job_id=019bd000-0000-7000-8000-000000000001",
    result_url: "/api/v1/scan/result/019bd000-0000-7000-8000-000000000001",
    status: "queued",
  },
);
export type SubmitAnswer = v.InferOutput<typeof SubmitAnswer>;

export function submitAnswer(jobId: string): SubmitAnswer {
  return {
    job_id: jobId,
    stream_url: `/api/v1/stream?job_id=${jobId}`,
    result_url: `/api/v1/scan/result/${jobId}`,
    status: "queued",
  };
}

/** The end itself comes as an event, and as the result. */
export const CancelAnswer = named(
  "ScanCancelled",
  v.object({
    job_id: v.pipe(v.string(), v.uuid()),
    status: v.literal("cancelling"),
  }),
  { job_id: "019bd000-0000-7000-8000-000000000001", status: "cancelling" },
);
export type CancelAnswer = v.InferOutput<typeof CancelAnswer>;

/** Where an unfinished scan is. */
export const ScanProgress = named(
  "ScanProgress",
  v.object({
    status: v.picklist(["queued", "processing"]),
    current_stage: v.picklist(STAGES),
    progress: v.number(),
  }),
  { status: "processing", current_stage: "answer", progress: 50 },
);
export type ScanProgress = v.InferOutput<typeof ScanProgress>;

export const ScanSummary = named(
  "ScanSummary",
  v.object({
    job_id: v.string(),
    status: v.picklist(["completed", "failed"]),
    image_url: v.string(),
    user_input: v.string(),
    major_category: v.nullable(v.picklist(MAJORS)),
    middle_category: v.nullable(v.string()),
    minor_category: v.nullable(v.string()),
    reward: v.nullable(Reward),
    /** ISO 8601, UTC. */
    submitted_at: v.string(),
    finished_at: v.string(),
  }),
);
export type ScanSummary = v.InferOutput<typeof ScanSummary>;

export const ScanPage = named(
  "ScanPage",
  v.object({
    items: v.array(ScanSummary),
    /** Pass it as `cursor` for the next page; null on the last one. */
    next_cursor: v.nullable(v.string()),
  }),
);
export type ScanPage = v.InferOutput<typeof ScanPage>;
