import * as v from "valibot";
import { named } from "./named.ts";
import { MAJORS, MIDDLES, RECYCLABLE, SITUATION_TAGS } from "./vocabulary.ts";

/**
 * A validated classification. `middle_category` is one of the twelve materials, or repeats the major
 * where there is none: for every category that is not recyclable, and for a recyclable item whose
 * material is not known. So it always names exactly one regulation.
 */
export const Classification = named(
  "Classification",
  v.object({
    major_category: v.picklist(MAJORS),
    middle_category: v.picklist([...MIDDLES, ...MAJORS]),
    /** The item itself, as a person would call it. At most 80 characters. */
    minor_category: v.nullable(v.pipe(v.string(), v.maxLength(80))),
  }),
);
export type Classification = v.InferOutput<typeof Classification>;

export const ClassificationMeta = named(
  "ClassificationMeta",
  v.object({
    user_input: v.string(),
    /** The model that answered, which may differ from the one asked for. */
    model: v.string(),
    /** The version of what the model was asked by: its prompts, or the rules of the local model. */
    model_version: v.optional(v.string()),
    /** The version of the item dictionary that was asked. */
    items_version: v.optional(v.string()),
    /** True when the classification is only an estimate (로컬 추정): it never earns a reward. */
    estimate: v.boolean(),
    /** What the model needs to know to be sure, as a question to the user in Korean. */
    question: v.optional(v.string()),
    /**
     * Who decided the category where a model and the item dictionary disagreed: `dictionary` of the item that
     * the model named, `words` of the user. Absent where the model did. Only a model's own category is rewarded.
     */
    settled_by: v.optional(v.picklist(["dictionary", "words"])),
  }),
);
export type ClassificationMeta = v.InferOutput<typeof ClassificationMeta>;

/** Output of the vision stage. */
export const ClassificationResult = named(
  "ClassificationResult",
  v.object({
    classification: Classification,
    situation_tags: v.array(v.picklist(SITUATION_TAGS)),
    meta: ClassificationMeta,
  }),
);
export type ClassificationResult = v.InferOutput<typeof ClassificationResult>;

/** What a model says of a photo; `ClassificationResult.meta` is added by the stage. */
export type ModelClassification = Omit<ClassificationResult, "meta"> & { question?: string };

/**
 * Makes the middle agree with the major: it means something only for recyclables, and a recyclable
 * without a known material repeats its major.
 */
export function normalize(raw: {
  major_category: Classification["major_category"];
  middle_category: Classification["middle_category"] | null;
  minor_category: string | null;
}): Classification {
  const isMaterial = MIDDLES.some((middle) => middle === raw.middle_category);
  const keepsMiddle = raw.major_category === RECYCLABLE && isMaterial && raw.middle_category;
  return {
    major_category: raw.major_category,
    middle_category: keepsMiddle || raw.major_category,
    minor_category: raw.minor_category,
  };
}

/** The classification of an item that is of this category, which always fits together. */
export function classificationOf(
  category: Classification["middle_category"],
  minor: string | null,
): Classification {
  return {
    major_category: MAJORS.find((major) => major === category) ?? RECYCLABLE,
    middle_category: category,
    minor_category: minor,
  };
}
