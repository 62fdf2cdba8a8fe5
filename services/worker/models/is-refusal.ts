/** Longer texts are answers of the wrong form. */
const refusalCharsMax = 1_000;

/** "I'm sorry, but …", as models write it that have no field for a refusal. */
const refusal = new RegExp(
  [
    "\\b(?:I(?:['’]m| am) (?:very |really )?sorry|sorry,? (?:but )?I|I apologi[sz]e)\\b",
    "\\bI(?:['’]m| am) (?:unable to|not able to|not comfortable|not permitted)\\b",
    "\\b(?:can['’]?t|cannot|unable to) (?:help|assist|comply|fulfil+|provide|process|answer)\\b",
    "\\b(?:can['’]?t|cannot|unable to) (?:analy[sz]e|identify|do that)\\b",
    "죄송|(?:답변|응답)(?:드리|하)기는? ?어렵",
    "(?:도와드릴|답변(?:할|드릴)|응답할|분석할|도움을 드릴) 수는? ?없",
    "抱歉|无法(?:回答|提供|协助|处理)|申し訳",
  ].join("|"),
  "i",
);

/** Whether a reply without an answer in it says that there will be none. */
export function isRefusal(reply: string): boolean {
  return reply.length <= refusalCharsMax && refusal.test(reply);
}
