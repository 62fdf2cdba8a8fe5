import { expect, test } from "bun:test";
import type { StoredResult } from "#lib/scan/scan-result.ts";
import { petAnswer, petClassification, petReward } from "#lib/testing/pet-bottle.ts";
import { compressResult, decompressResult } from "./compressed-result.ts";

const userId = "user-1";
const meta = { user_input: "이거 어떻게 버려요?", model: "gpt-5.2", estimate: false };
const vision = { ...petClassification, meta };
const completed: StoredResult = {
  status: "completed",
  vision,
  answer: petAnswer.content,
  reward: petReward,
  error: null,
};
const error = { code: "CANCELLED", message: "취소했어요." };
const asking = { ...vision, meta: { ...meta, question: "라벨을 뗐나요?" } };

test.each<[string, StoredResult]>([
  ["completed", completed],
  ["completed with a question", { ...completed, vision: asking, reward: null }],
  ["failed", { status: "failed", vision, answer: null, reward: null, error }],
  ["cancelled at once", { status: "failed", vision: null, answer: null, reward: null, error }],
])("a result that %s is read as it was written", (_, result) => {
  expect(decompressResult(compressResult({ userId, result }))).toEqual({ userId, result });
});

test.each([
  ["plain JSON", JSON.stringify({ user_id: userId, ...completed })],
  ["nothing", ""],
  ["bytes", Bun.zstdCompressSync("[]").toString()],
  ["members of another order", Bun.zstdCompressSync('["0",[]]').toString("base64")],
])("what another release has written as %s is not read", (_, text) => {
  expect(decompressResult(text)).toBeUndefined();
});
