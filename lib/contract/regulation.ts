import * as v from "valibot";
import { MAJORS } from "./vocabulary.ts";

/** One category's disposal rules in Korean. The keys are shown to users, hence Korean too. */
export const Regulation = v.object({
  /** Stable identifier in ASCII; equals the file name. */
  key: v.pipe(v.string(), v.regex(/^[a-z]+(-[a-z]+)*$/)),
  category: v.picklist(MAJORS),
  이름: v.string(),
  대상_품목: v.array(v.string()),
  대상_설명: v.string(),
  세부_품목: v.array(v.string()),
  배출방법_공통: v.array(v.string()),
  배출방법_세부: v.record(v.string(), v.array(v.string())),
  배출불가_품목_안내: v.array(v.string()),
  아이콘_절차: v.array(v.string()),
  출처: v.object({ 제목: v.string(), 주소: v.pipe(v.string(), v.url()) }),
});
export type Regulation = v.InferOutput<typeof Regulation>;
