import { expect, test } from "bun:test";
import { RESTART, ThoughtFilter } from "./thought-filter.ts";

/** What stands at the end, read in pieces of the given length. */
function read(reply: string, length: number): string {
  const filter = new ThoughtFilter();
  let text = "";
  for (let i = 0; i < reply.length; i += length) {
    for (const said of filter.push(reply.slice(i, i + length)))
      text = said === RESTART ? "" : text + said;
  }
  for (const said of filter.end()) text = said === RESTART ? "" : text + said;
  return text;
}

test.each([
  ["plain", "병을 헹궈요. 1 < 2 [참고]", "병을 헹궈요. 1 < 2 [참고]"],
  ["thoughts first", "<think>음, 병?</think>\n\n병을 헹궈요.", "병을 헹궈요."],
  ["thoughts inside", "병을 <thinking>음</thinking>헹궈요.", "병을 헹궈요."],
  ["an opening tag that a template swallowed", "음, 병?\n</think>\n\n병을 헹궈요.", "병을 헹궈요."],
  ["thoughts that do not end", "<think>음, 병?", ""],
  ["Mistral's", "[THINK]음[/THINK]병을 헹궈요.", "병을 헹궈요."],
  [
    "channels",
    "<|channel|>analysis<|message|>음<|end|><|start|>assistant<|channel|>final<|message|>병을 헹궈요.<|return|>",
    "병을 헹궈요.",
  ],
  ["a mark that ends the text", "병을 헹궈요. <thi", "병을 헹궈요. <thi"],
])("%s, in pieces of any length", (_, reply, text) => {
  for (const length of [1, 2, 3, 5, 8, 13, 1_000])
    expect([length, read(reply, length)]).toEqual([length, text]);
});

test("text is not held back longer than a mark", () => {
  const filter = new ThoughtFilter();
  expect(filter.push("병")).toEqual(["병"]);
  expect(filter.push(`을 <${"a".repeat(13)}`)).toEqual([`을 <${"a".repeat(13)}`]);
});
