import { expect, test } from "bun:test";
import { petty } from "./chat-fixture.ts";
import { asksForScans, chooseIntents, intentsByRule, isSure } from "./read-intents.ts";
import { topicOf } from "./turn-topic.ts";

const read = (message: string, hasPhoto = false) =>
  intentsByRule(message, topicOf(message, "", []), { characters: [petty], hasPhoto });

test.each([
  ["투명 페트병 라벨 떼야 하나요?", ["waste"]],
  ["리필 샴푸통 어디에 버려요?", ["waste"]],
  ["카페 컵은 어디다 버리나요", ["waste"]],
  ["헌 옷을 의류수거함에 버려도 되는지 알려 주세요", ["waste"]],
  ["깨진 컵은 수거함에 어떻게 넣어요?", ["waste"]],
  ["마트에서 산 두부 용기는 재활용되나요?", ["waste"]],
  ["폐건전지 수거함 어디 있어요?", ["collection_point", "waste"]],
  ["집 근처 의류수거함 위치 알려줘", ["collection_point"]],
  ["가까운 재활용센터 찾아줘", ["collection_point"]],
  ["근처 제로웨이스트 가게 알려줘", ["location"]],
  ["리필샵 어디에 있나요?", ["location"]],
  ["이 동네에 비건 식당 있어요?", ["location"]],
  ["침대 매트리스 스티커 얼마예요?", ["bulk_waste", "waste"]],
  ["대형폐기물 신고는 어떻게 해요?", ["bulk_waste"]],
  ["내가 모은 캐릭터 보여줘", ["character"]],
  ["페티는 어떻게 얻어?", ["character"]],
  ["안녕하세요", ["general"]],
  ["오늘 주식 어때?", ["general"]],
])("%s asks for %j", (message, intents) => {
  const chosen: string[] = chooseIntents(read(message));
  // What else it may ask for does no harm, as long as nobody is asked where they are.
  expect(
    chosen.filter((one) => intents.includes(one) || /location|point|character/.test(one)),
  ).toEqual(intents);
});

test("at most three, the likeliest first, each from 0.6 on", () => {
  const intents = (["waste", "location", "character", "bulk_waste", "general"] as const).map(
    (intent, i) => ({ intent, confidence: 0.59 + i / 100 }),
  );
  expect(chooseIntents(intents)).toEqual(["general", "bulk_waste", "character"]);
  expect(chooseIntents([{ intent: "waste", confidence: 0.59 }])).toEqual(["general"]);
});

test("a photo, a thing and a greeting leave no doubt; anything else does", () => {
  expect([read("이거?", true), read("우유팩"), read("안녕")].map(isSure)).toEqual([
    true,
    true,
    true,
  ]);
  expect([read("흠"), read("오늘 주식 어때?")].map(isSure)).toEqual([false, false]);
});

test.each([
  ["내 스캔 기록 보여줘", true],
  ["어제 찍은 거 뭐였지?", true],
  ["내가 지난번에 버린 게 뭐야", true],
  ["스캔은 어떻게 해요?", false],
  ["우유팩 버리는 법", false],
])("%s asks for own scans: %p", (message, does) => {
  expect(asksForScans(message)).toBe(does);
});
