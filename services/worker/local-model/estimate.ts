import type { ModelClassification } from "#lib/contract/classification.ts";
import { type Item, matchItems } from "#lib/contract/items.ts";
import { MAJORS, RECYCLABLE, type SituationTag, UNCLASSIFIED } from "#lib/contract/vocabulary.ts";
import type { Detection } from "./detection.ts";
import { type Candidate, type Category, COCO_OBJECTS, type PhotoObject } from "./photo-object.ts";

/**
 * The local model's judgement: what the user says, and what the detector saw. The user's words win
 * when they name an item, unless the photo clearly shows something else; then, and whenever the
 * material cannot be told, it is 미분류 with a question. Negation is not understood ("유리병 말고" names
 * 유리병).
 *
 * @param detections best first; undefined when the photo could not be looked at
 */
export function estimate(
  userInput: string,
  detections: readonly Detection[] | undefined,
): ModelClassification {
  const seen = rank(detections ?? []);
  const named = matchItems(userInput).filter((item) => !isGeneric(item, seen, userInput));
  if (named.length > 0) return fromWords(userInput, named, seen, detections !== undefined);
  if (detections === undefined) return unsure(null, questions.noDetector);
  const [top] = seen;
  if (!top) return unsure(null, questions.nothingSeen);
  switch (top.object.kind) {
    case "certain":
      return sure(top.object.name, top.object.category, userInput);
    case "other":
      return unsure(top.object.name, questions.notWaste(top.object.name));
    case "ambiguous": {
      const told = toldMaterial(userInput, top.object.candidates);
      if (told) return sure(told.name, told.category, userInput);
      return unsure(top.object.name, questions.material(top.object.name, top.object.candidates));
    }
  }
}

interface Seen {
  readonly object: PhotoObject;
  readonly score: number;
}

/** From here on the photo may contradict words: below it, it has called a pillow a bed. */
const contradictionScoreMin = 0.6;

/** What a material is called in words and in candidates' names. */
const MATERIAL_WORDS = ["종이", "플라스틱", "페트", "유리", "도자기", "금속", "나무", "고무"];

const STATE_WORDS: readonly (readonly [RegExp, SituationTag])[] = [
  [/깨진|깨졌|깨져/, "깨짐"],
  [/남아 ?있|남았|남은|들어 ?있/, "내용물_있음"],
  [/더러[운워]|지저분|묻었|묻은/, "오염_중간"],
  [/기름(기|때)?[가이]? ?(묻|많|범벅)/, "기름기_오염"],
  [/라벨[이가]? ?(붙|있)/, "비닐_라벨_부착"],
];

/** Recyclable only while whole (환경부 분리배출 지침: 깨진 유리와 조명은 불연성). */
const BRITTLE: readonly Category[] = ["유리병", "조명제품"];

const questions = {
  nothingSeen: "사진에서 버릴 물건을 찾지 못했어요. 무엇을 버리시는지 재질과 함께 알려 주시겠어요?",
  noDetector:
    "지금은 사진을 볼 수 없어 적어 주신 말로만 판단해요. 무엇을 버리시는지 알려 주시겠어요?",
  onlyWords: (name: string) =>
    `지금은 사진을 볼 수 없어 적어 주신 말로만 판단했어요. '${name}' 맞나요?`,
  notWaste: (name: string) =>
    `사진에는 '${name}' 같은 것이 보여요. 버리실 물건이 무엇인지 알려 주시겠어요?`,
  material: (name: string, candidates: readonly Candidate[]) =>
    `'${name}' 같아요. 재질에 따라 버리는 방법이 달라요. ` +
    `${candidates.map((candidate) => `${candidate.name}인가요`).join(", ")}?`,
  which: (names: readonly string[]) =>
    `${names.map((name) => `'${name}'`).join(", ")} 중 어느 것을 먼저 버리실까요?`,
  contradiction: (said: string, shown: string) =>
    `말씀하신 것은 '${said}'인데 사진에는 '${shown}' 같은 것이 보여요. 어느 쪽을 버리시나요?`,
};

function fromWords(
  userInput: string,
  named: readonly Item[],
  seen: readonly Seen[],
  isPhotoSeen: boolean,
): ModelClassification {
  const shown = named.find((item) => seen.some(({ object }) => agrees(object, item.category)));
  const hasOneCategory = new Set(named.map((item) => item.category)).size === 1;
  const item = shown ?? (hasOneCategory ? named[0] : undefined);
  if (!item) return unsure(null, questions.which(named.slice(0, 4).map(({ name }) => name)));
  const [top] = seen;
  const isContradicted =
    !shown && top?.object.kind === "certain" && top.score >= contradictionScoreMin;
  if (isContradicted) {
    return unsure(top.object.name, questions.contradiction(item.name, top.object.name));
  }
  const known = sure(item.name, item.category, userInput);
  return isPhotoSeen ? known : { ...known, question: questions.onlyWords(item.name) };
}

/** Best first, but furniture and what is no waste is more often the background than the item. */
function rank(detections: readonly Detection[]): Seen[] {
  const seen = detections.flatMap(({ index, score }) => {
    const object = COCO_OBJECTS[index];
    return object ? [{ object, score }] : [];
  });
  return seen.toSorted((a, b) => backdrop(a.object) - backdrop(b.object) || b.score - a.score);
}

function backdrop(object: PhotoObject): number {
  if (object.kind === "other") return 2;
  return object.kind === "certain" && object.category === "대형폐기물" ? 1 : 0;
}

function agrees(object: PhotoObject, category: Category): boolean {
  if (object.kind === "certain") return object.category === category;
  return object.kind === "ambiguous" && object.candidates.some((c) => c.category === category);
}

/**
 * "이 병" with a bottle in the photo names no material: the word is only an everyday alias of the
 * item and the very name of the object whose material is the question.
 */
function isGeneric(item: Item, seen: readonly Seen[], userInput: string): boolean {
  const names = [item.name, ...item.aliases];
  return seen.some(
    ({ object }) =>
      object.kind === "ambiguous" &&
      item.aliases.includes(object.name) &&
      names.every((name) => name === object.name || !userInput.includes(name)),
  );
}

/** The one candidate whose material the user mentioned, if it is one. */
function toldMaterial(userInput: string, candidates: readonly Candidate[]): Candidate | undefined {
  const told = MATERIAL_WORDS.filter((word) => userInput.includes(word));
  const fitting = candidates.filter(({ name }) => told.some((word) => name.includes(word)));
  return fitting.length === 1 ? fitting[0] : undefined;
}

function sure(name: string, category: Category, userInput: string): ModelClassification {
  const tags = STATE_WORDS.filter(([words]) => words.test(userInput)).map(([, tag]) => tag);
  const isShards = tags.includes("깨짐") && BRITTLE.includes(category);
  const actual = isShards ? "불연성종량제폐기물" : category;
  return {
    classification: {
      major_category: MAJORS.find((major) => major === actual) ?? RECYCLABLE,
      middle_category: actual,
      minor_category: name,
    },
    situation_tags: tags,
  };
}

function unsure(name: string | null, question: string): ModelClassification {
  return {
    classification: {
      major_category: UNCLASSIFIED,
      middle_category: UNCLASSIFIED,
      minor_category: name,
    },
    situation_tags: [],
    question,
  };
}
