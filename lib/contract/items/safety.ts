import { type FinalAnswer, numberSteps, STEPS_MAX } from "#lib/contract/answer.ts";
import type { ClassificationResult } from "#lib/contract/classification.ts";
import { findItem, type HAZARDS, type Item } from "./items.ts";
import { lettersOf } from "./letters.ts";
import type { Reading, SaidItem } from "./read-words.ts";
import { type State, statesOfTags } from "./states.ts";

type Hazard = (typeof HAZARDS)[number];

/**
 * What must be read before anything else, in Korean: one sentence for each danger of what the user names
 * and of what was seen. Decided by code, for every model.
 */
export function warningsFor(vision: ClassificationResult, { items: said }: Reading): string[] {
  const seen = findItem(vision.classification.minor_category ?? "");
  const hasSeen = seen !== undefined && !said.some(({ item }) => item === seen);
  const states = statesOfTags(vision.situation_tags);
  const dangers = [
    ...said.flatMap(({ item, states: own }) => dangersOf(item, new Set([...own, ...states]))),
    ...(hasSeen ? dangersOf(seen, states) : []),
  ];
  return [...new Set(dangers)];
}

/** Whether what was said is dangerous, by itself or in its condition. */
export function isDangerous({ item, states }: SaidItem): boolean {
  return dangersOf(item, states).length > 0;
}

/** Puts warnings into the first sentence and the first step, and leaves out what only says them again. */
export function warnFirst(answer: FinalAnswer, warnings: readonly string[]): FinalAnswer {
  if (warnings.length === 0) return answer;
  const warning = warnings.join(" ");
  const isLeft = (sentence: string) => !isSaid(sentence, warning) && !isAgainst(sentence, warnings);
  const steps = Object.values(answer.disposal_steps).filter(isLeft);
  const [mark = ""] = label.exec(answer.user_answer) ?? [];
  const sentences = answer.user_answer.slice(mark.length).split(/(?<=[.?!]) /);
  return {
    ...answer,
    disposal_steps: numberSteps([warning, ...steps.slice(0, STEPS_MAX - 1)]),
    user_answer: `${mark}${[warning, ...sentences.filter(isLeft)].join(" ")}`,
  };
}

/**
 * Whether a sentence asks for nothing that the warning does not ask for: each of its words begins as one
 * of the warning does. One word more (where to bring it) keeps the sentence.
 */
function isSaid(sentence: string, warning: string): boolean {
  if (warning.includes(sentence)) return true;
  if (!/(?:주세요|마세요)\.$/.test(sentence)) return false;
  const known = stemsOf(warning);
  return stemsOf(sentence).every((stem) =>
    known.some((one) => one.startsWith(stem) || stem.startsWith(one)),
  );
}

/** 막고, 막아 and 막으니; 종이로 and 종이와, but no 종량제봉투. */
function stemsOf(text: string): string[] {
  const words = (text.match(/[가-힣]+/g) ?? []).filter((word) => !fillers.has(word));
  return words.map((word) => {
    const isShort = word.length === 2 && lettersOf(word.slice(0, 1)).length > 2;
    return lettersOf(word).slice(0, isShort ? 3 : 4);
  });
}
const fillers = new Set("주세요 마세요 않게 말고 먼저 꼭 수 뒤 등으로 등 것은".split(" "));

/** What is right for a sound thing and wrong for this one: a swollen battery is not used up first. */
function isAgainst(sentence: string, warnings: readonly string[]): boolean {
  return warnings.includes(SENTENCES.unstableBattery) && forSoundBatteries.test(sentence);
}
const forSoundBatteries = /남은 전기를|수거함에 넣|지자체에 배출 방법/;

/** What marks an estimate stays in front. */
const label = /^(?:\[[^\]]*\] )?/;

function dangersOf(item: Item, states: ReadonlySet<State>): string[] {
  const isUnstable = unstable.some((state) => states.has(state));
  const isElectric = item.hazard === "battery" || electric.has(item.category);
  if (isUnstable && isElectric) return [SENTENCES.unstableBattery];
  if (states.has("broken") && item.hazard === "mercury") return [SENTENCES.brokenMercury];
  if (states.has("broken") && brittle.has(item.category)) return [SENTENCES.glass];
  return item.hazard === undefined ? [] : [SENTENCES[item.hazard]];
}

const unstable: readonly State[] = ["swollen", "leaking", "hot", "broken"];
const electric: ReadonlySet<Item["category"]> = new Set(["전지", "전기전자제품"]);
const brittle: ReadonlySet<Item["category"]> = new Set([
  ...(["유리병", "불연성종량제폐기물", "조명제품"] as const),
]);

const SENTENCES: Readonly<Record<Hazard | "unstableBattery" | "brokenMercury", string>> = {
  unstableBattery:
    "부풀거나 새거나 뜨거운 배터리는 불이 날 수 있으니 충전하거나 누르거나 뚫지 말고 타는 물건에서 떼어 둔 뒤, 행정복지센터나 제조사에 먼저 물어봐 주세요. 연기가 나면 물러나 119에 신고해 주세요.",
  battery:
    "배터리는 눌리거나 합선되면 불이 날 수 있으니 뜯거나 구멍을 뚫지 말고 단자를 테이프로 막아 주세요.",
  brokenMercury:
    "깨진 조명이나 온도계에서는 수은이 나올 수 있어요. 창문을 열고 아이와 동물을 멀리한 뒤, 청소기를 쓰지 말고 장갑을 끼고 조각을 두꺼운 종이로 모아 밀봉해 주세요.",
  mercury: "수은이 들어 있을 수 있으니 깨지지 않게 다뤄 주세요.",
  gas: "남은 가스에 불이 붙거나 터질 수 있으니 불이 없고 바람이 통하는 밖에서 가스를 빼고, 구멍을 뚫지 마세요.",
  cylinder:
    "안에 눌린 가스가 터질 수 있으니 밸브를 열거나 구멍을 뚫지 말고 불에서 멀리 세워 두세요.",
  sharp: "날에 다칠 수 있으니 날이 드러나지 않게 두꺼운 종이와 테이프로 먼저 감싸 주세요.",
  needle:
    "바늘에 찔리면 감염될 수 있으니 맨손으로 만지지 말고 뚜껑을 씌워 단단한 통에 담아 밀봉해 주세요.",
  glass: "깨진 조각에 다칠 수 있으니 장갑을 끼고 신문지로 여러 겹 감싸 주세요.",
  chemical:
    "몸에 해로운 물질이 있으니 다른 제품과 섞거나 하수구에 버리지 말고 뚜껑을 꼭 닫아 주세요.",
  medicine: "약은 하수구나 변기, 종량제봉투에 버리지 말고 아이 손이 닿지 않게 따로 모아 주세요.",
  fire: "불이 날 수 있으니 불씨가 없는지, 완전히 식었는지 먼저 확인해 주세요.",
  radon: "라돈이 나올 수 있으니 쓰지 말고 비닐로 감싸 밀봉한 뒤 환기되는 곳에 두세요.",
};
