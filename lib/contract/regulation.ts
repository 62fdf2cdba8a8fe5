import * as v from "valibot";
import { named } from "./named.ts";
import { MAJORS } from "./vocabulary.ts";

/**
 * One category's disposal rules in Korean. The keys are shown to users, hence Korean too. Facts come
 * from the public source each names in `출처`; the words are this project's own.
 */
export const Regulation = named(
  "Regulation",
  v.object({
    /** Stable identifier in ASCII; equals the file name. */
    key: v.pipe(v.string(), v.regex(/^[a-z]+(-[a-z]+)*$/)),
    category: v.picklist(MAJORS),
    /** The material or the major the rules are for, exactly as in the vocabulary. */
    이름: v.string(),
    대상_품목: v.array(v.string()),
    대상_설명: v.string(),
    /** The names of the category's items; for what holds for several materials, those materials. */
    세부_품목: v.array(v.string()),
    /** Steps for everything in the category, in order. */
    배출방법_공통: v.array(v.string()),
    /**
     * Steps for special cases, ahead of the common ones. A key is item names joined by "·", or a
     * situation where the category has no items; `detailSteps` looks them up.
     */
    배출방법_세부: v.record(v.string(), v.array(v.string())),
    /** What does not belong here, and where it goes instead. */
    배출불가_품목_안내: v.array(v.string()),
    아이콘_절차: v.array(v.string()),
    출처: v.object({ 제목: v.string(), 주소: v.pipe(v.string(), v.url()) }),
  }),
);
export type Regulation = v.InferOutput<typeof Regulation>;
