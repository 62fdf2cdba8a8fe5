import * as v from "valibot";
import { named } from "#lib/contract/named.ts";
import { optionalField } from "#lib/contract/optional-field.ts";
import { storableText } from "#lib/contract/storable-text.ts";
import { MAJORS, MIDDLES, RECYCLABLE, UNCLASSIFIED } from "#lib/contract/vocabulary.ts";

/**
 * What the owner of a finished scan says of its answer. One a scan: a later one replaces it. It changes neither the
 * result nor the reward; an operator exports it for the evaluation (`eco2-operator feedback export`).
 */

export const feedbackNoteCharsMax = 500;

/** The categories a thing may belong to: the question back and "recyclable" are no answers. */
export const FEEDBACK_CATEGORIES = [...MIDDLES, ...MAJORS].filter(
  (name) => name !== RECYCLABLE && name !== UNCLASSIFIED,
);

export const FeedbackRequest = named(
  "FeedbackRequest",
  v.object({
    verdict: v.picklist(["right", "wrong"]),
    category: optionalField(v.picklist(FEEDBACK_CATEGORIES, "FEEDBACK_CATEGORY_UNKNOWN")),
    note: optionalField(
      v.pipe(
        v.string(),
        v.normalize("NFC"),
        v.trim(),
        v.maxLength(feedbackNoteCharsMax, "FEEDBACK_NOTE_TOO_LONG"),
        v.transform(storableText),
      ),
    ),
  }),
  { verdict: "wrong", category: "유리병", note: "유리로 된 병이에요" },
);
export type FeedbackRequest = v.InferOutput<typeof FeedbackRequest>;

/** As it is kept. */
export const Feedback = named(
  "Feedback",
  v.object({
    job_id: v.pipe(v.string(), v.uuid()),
    verdict: FeedbackRequest.entries.verdict,
    category: v.nullable(v.picklist(FEEDBACK_CATEGORIES)),
    note: v.nullable(v.string()),
  }),
);
export type Feedback = v.InferOutput<typeof Feedback>;
