/**
 * The one vocabulary of Eco². Classifier schema, regulations, categories endpoint and character
 * catalogue are all derived from it; `vocabulary.test.ts` holds them equal.
 *
 * Source of the categories: the Ministry of Environment's separate-discharge guideline
 * (재활용품 분리배출 가이드라인). They are Korean because they are shown to users as they stand.
 */

export const RECYCLABLE = "재활용폐기물";
export const UNCLASSIFIED = "미분류";

/** Top-level waste categories. Every one but `미분류` has a regulation. */
export const MAJORS = [
  RECYCLABLE,
  "일반종량제폐기물",
  "불연성종량제폐기물",
  "음식물류폐기물",
  "대형폐기물",
  "공사장생활폐기물",
  "생활계유해폐기물",
  UNCLASSIFIED,
] as const;
export type Major = (typeof MAJORS)[number];

/** Materials inside `재활용폐기물`; each has a regulation and a character. */
export const MIDDLES = [
  "종이",
  "종이팩",
  "무색페트병",
  "플라스틱류",
  "비닐류",
  "발포합성수지",
  "유리병",
  "금속류",
  "의류및원단",
  "전지",
  "조명제품",
  "전기전자제품",
] as const;
export type Middle = (typeof MIDDLES)[number];

/** What the photo shows about the item's condition, by theme. */
export const SITUATION_TAGS_BY_THEME = {
  "내용물과 오염": [
    "내용물_있음",
    "내용물_없음",
    "내용물_일부_남음",
    "오염_경미",
    "오염_중간",
    "오염_심함",
    "음식물_오염",
    "기름기_오염",
    "세제_OR화학물질_오염",
    "건조된_오염",
    "음식물_잔여물_많음",
    "세척_필요",
    "세척_불가_구조",
    "건조_필요",
    "냄새_OR_부패_의심",
  ],
  "라벨과 뚜껑": [
    "비닐_라벨_부착",
    "비닐_라벨_부분_제거됨",
    "비닐_라벨_완전_제거됨",
    "비닐_라벨_제거_필요",
    "뚜껑_닫힘(플라스틱)",
    "뚜껑_열림",
    "뚜껑_분리_필요",
    "펌프형_용기",
    "부속품_있음",
    "부속품_여럿_있음",
    "부속품_분리_필요",
    "이물질_부착",
  ],
  재질: [
    "플라스틱_재질",
    "유리_재질",
    "금속_재질",
    "종이_재질",
    "비닐_OR필름_재질",
    "발포수지_재질",
    "목재_재질",
    "고무_재질",
    "복합재질_의심",
    "복합재질_확정",
    "혼합재질_고정형",
  ],
  "형태와 파손": [
    "깨짐",
    "유리병_깨짐",
    "파손",
    "찌그러짐",
    "찢어짐",
    "변형됨",
    "열변형_OR녹음",
    "큰_스크래치_OR손상",
    "구조적_변형",
    "압착_필요",
    "펼침_필요",
    "접힘_OR팩구조",
  ],
  배달용기: ["배달용기_특성", "오염된_배달용기", "기름기_심함", "음식물과_섞임"],
  발포수지: ["스티로폼_부착물_있음", "스티로폼_테이프_부착", "스티로폼_부착물_제거_필요"],
  "위험과 전기": [
    "위험물질_의심",
    "유해화학제품_용기_의심",
    "가스_용기_의심",
    "가스_잔존_의심",
    "가스제거_필요",
    "배터리_포함",
    "전원선_있음",
    "전자부품_노출",
    "발열_OR탄화_흔적",
    "날카로운_모서리",
  ],
  조명: ["형광등_OR조명기기", "LED_모듈_있음", "깨진_조명기기"],
  묶음: ["세트_구성품", "쌍제품_인식", "세트_묶음_필요"],
  특수: ["다수_품목_혼합", "대형_폐기물_의심", "대형가전_의심", "무상수거대상_전기전자제품"],
  미분류: ["미분류_소분류", "미분류_전체"],
} as const;

export type SituationTag =
  (typeof SITUATION_TAGS_BY_THEME)[keyof typeof SITUATION_TAGS_BY_THEME][number];

export const SITUATION_TAGS: readonly SituationTag[] =
  Object.values(SITUATION_TAGS_BY_THEME).flat();
