import { describe, expect, test } from "bun:test";
import { classificationOf } from "#lib/contract/classification.ts";
import { createLocalModel } from "./adapters/local.ts";
import type { Category } from "./local-model/photo-object.ts";
import { COCO_OBJECTS } from "./local-model/photo-object.ts";
import type { Model } from "./models/model.ts";
import { createScanFixture, delivery, message, petAnswer, unguarded } from "./scan-fixture.ts";
import { answerTask } from "./tasks/scan.answer.ts";
import { ruleTask } from "./tasks/scan.rule.ts";
import { visionTask } from "./tasks/scan.vision.ts";

/** The stages of a scan: its category, and what the user reads first. */
async function answerTo(words: string, model: Model) {
  const { deps, messages } = createScanFixture();
  const stage: typeof deps = {
    ...deps,
    callModel: async (_, signal, call) => ({ model, output: await call(model, unguarded(signal)) }),
  };
  await visionTask(stage).run({ ...message, user_input: words }, delivery);
  await ruleTask(stage).run(messages.at(-1), delivery);
  await answerTask(stage).run(messages.at(-1), delivery);
  const { vision, answer } = messages.at(-1) ?? {};
  const first = answer?.user_answer.replace(/^\[.*?\] /, "") ?? "";
  const step = answer?.disposal_steps.단계1 ?? "";
  return { category: vision?.classification.middle_category, first, step };
}

/** The embedded model over a detector that is sure of one object. */
function seeing(name: string): Model {
  const index = COCO_OBJECTS.findIndex((object) => object.name === name);
  expect([name, index]).not.toEqual([name, -1]);
  return createLocalModel(async () => [{ index, score: 0.95 }]);
}

/** A hosted model that names what the detector saw, and answers with something harmless. */
function hosted(name: string): Model {
  const object = COCO_OBJECTS.find((one) => one.name === name);
  const [first] = object?.kind === "ambiguous" ? object.candidates : [];
  const category: Category =
    object?.kind === "certain" ? object.category : (first?.category ?? "미분류");
  const classification = classificationOf(category, name);
  return {
    ...{ name: "hosted", version: "1", estimate: false },
    classify: async () => ({ classification, situation_tags: [] }),
    answer: async () => petAnswer,
  };
}

const swollen = "부풀거나 새거나 뜨거운";
const needle = "바늘에 찔리면";
const blade = "날에 다칠 수";
const gas = "남은 가스에";
const mercury = "깨진 조명이나 온도계";
const glass = "깨진 조각에";
const medicine = "약은 하수구나";
const chemical = "몸에 해로운";
const fire = "불이 날 수";

/** What is said, what the photo shows beside it, where it belongs, and the warning that comes first. */
const cases: readonly [words: string, seen: string, category: Category, warning: string][] = [
  ["주사바늘이에요", "오렌지", "일반종량제폐기물", needle],
  ["치약 다 쓴 거", "컵", "플라스틱류", ""],
  ["부푼 보조배터리예요", "휴대폰", "전지", swollen],
  ["깨진 형광등", "병", "불연성종량제폐기물", mercury],
  ["액이 새는 건전지", "리모컨", "전지", swollen],
  ["가스 남은 부탄가스", "유리잔", "금속류", gas],
  ["쓰던 면도날", "칫솔", "일반종량제폐기물", blade],
  ["수은 온도계가 깨졌어요", "당근", "생활계유해폐기물", mercury],
  ["먹다 남은 감기약", "유리잔", "생활계유해폐기물", medicine],
  ["깨진 와인잔", "병", "불연성종량제폐기물", glass],
  ["라돈 침대예요", "침대", "생활계유해폐기물", "라돈이 나올 수"],
  ["라이터 버려요", "케이크", "일반종량제폐기물", gas],
  // Siblings.
  ["인슐린 주사기", "바나나", "일반종량제폐기물", needle],
  ["안 터진 폭죽", "피자", "일반종량제폐기물", fire],
  ["커터칼날", "책", "일반종량제폐기물", blade],
  ["깨진 거울", "휴대폰", "불연성종량제폐기물", glass],
  ["페인트 남은 통", "의자", "생활계유해폐기물", chemical],
  ["바비큐하고 남은 숯", "핫도그", "일반종량제폐기물", fire],
  ["뜨거워진 전동킥보드 배터리", "자전거", "전지", swollen],
  ["의자 위에 있는 형광등", "의자", "조명제품", "수은이 들어"],
  ["유통기한 지난 연고", "칫솔", "생활계유해폐기물", medicine],
  ["살충제 반쯤 남음", "화분", "생활계유해폐기물", chemical],
  ["부탄가스랑 바나나껍질", "바나나", "미분류", gas],
  ["식칼이랑 당근이요", "당근", "미분류", blade],
  ["건전지 뚜루뚜루요", "시계", "미분류", "배터리는 눌리거나"],
];

describe.each([
  ["the embedded model", seeing],
  ["a hosted model", hosted],
] as const)("what the user names is answered, not what %s saw:", (name, modelOf) => {
  test.each(cases)("%s, beside %s", async (words, seen, category, warning) => {
    const { category: answered, first, step } = await answerTo(words, modelOf(seen));
    // What is harmless a hosted model may ask about; what nobody knows is its own to name.
    const isOpen = name === "a hosted model" && (warning === "" || words.includes("뚜루뚜루"));
    if (!isOpen) expect(answered).toBe(category);
    const begun = [first, step].map((text) => text.slice(0, warning.length));
    expect(begun).toEqual([warning, warning]);
  });
});
