import type { SituationTag } from "#lib/contract/vocabulary.ts";

/**
 * What is still to be done before throwing away, in Korean, for tags that call for something. What is poisonous
 * is handed in as it is: nobody empties it or rinses it.
 */
export function adviceFor(tags: readonly SituationTag[], major: string): string[] {
  const called = ADVICE.filter(([, callers]) => callers.some((tag) => tags.includes(tag)));
  const sentences = called.map(([sentence]) => sentence);
  const isPoison = major === "생활계유해폐기물";
  return isPoison ? sentences.filter((sentence) => !/비워|헹궈/.test(sentence)) : sentences;
}

/** In the order the work is done; each sentence once, whichever of its tags are there. */
const ADVICE: readonly (readonly [string, readonly SituationTag[]])[] = [
  [
    "위험할 수 있으니 열거나 누르지 말고 지자체에 배출 방법을 확인해 주세요.",
    ["위험물질_의심", "유해화학제품_용기_의심", "발열_OR탄화_흔적"],
  ],
  [
    "통풍이 되는 곳에서 남은 가스를 완전히 빼 주세요.",
    ["가스_용기_의심", "가스_잔존_의심", "가스제거_필요"],
  ],
  [
    "깨진 조각에 다치지 않게 신문지 등으로 감싸 주세요.",
    ["깨짐", "유리병_깨짐", "깨진_조명기기", "날카로운_모서리"],
  ],
  ["배터리를 빼서 따로 배출해 주세요.", ["배터리_포함"]],
  [
    "내용물을 비워 주세요.",
    ["내용물_있음", "내용물_일부_남음", "음식물_잔여물_많음", "음식물과_섞임"],
  ],
  [
    "물로 헹궈 오염을 없애 주세요.",
    [
      "오염_경미",
      "오염_중간",
      "오염_심함",
      "음식물_오염",
      "기름기_오염",
      "기름기_심함",
      "세제_OR화학물질_오염",
      "건조된_오염",
      "세척_필요",
      "오염된_배달용기",
    ],
  ],
  ["씻어도 지워지지 않으면 종량제봉투에 버려 주세요.", ["오염_심함", "세척_불가_구조"]],
  ["물기를 말려 주세요.", ["건조_필요"]],
  ["비닐 라벨을 떼어 주세요.", ["비닐_라벨_부착", "비닐_라벨_부분_제거됨", "비닐_라벨_제거_필요"]],
  ["뚜껑을 분리해 주세요.", ["뚜껑_분리_필요"]],
  ["펌프를 분리해 주세요.", ["펌프형_용기"]],
  [
    "재질이 다른 부속품을 떼어 주세요.",
    ["부속품_있음", "부속품_여럿_있음", "부속품_분리_필요", "이물질_부착"],
  ],
  [
    "스티로폼에 붙은 테이프와 상표를 떼어 주세요.",
    ["스티로폼_부착물_있음", "스티로폼_테이프_부착", "스티로폼_부착물_제거_필요"],
  ],
  ["눌러서 부피를 줄여 주세요.", ["압착_필요"]],
  ["펼쳐서 납작하게 해 주세요.", ["펼침_필요"]],
  ["짝이나 세트를 함께 묶어 주세요.", ["세트_묶음_필요"]],
  ["품목별로 나누어 주세요.", ["다수_품목_혼합"]],
];
