import { josa } from "es-hangul";
import { classificationOf, type ModelClassification } from "#lib/contract/classification.ts";
import { findItem, type Item } from "#lib/contract/items/items.ts";
import { readWords, type SaidItem } from "#lib/contract/items/read-words.ts";
import { isDangerous } from "#lib/contract/items/safety.ts";
import { tagOf } from "#lib/contract/items/states.ts";
import { type SituationTag, UNCLASSIFIED } from "#lib/contract/vocabulary.ts";
import { askWhich, askWhichOf } from "../ask-which.ts";
import type { Detection } from "./detection.ts";
import { type Candidate, type Category, COCO_OBJECTS, type PhotoObject } from "./photo-object.ts";

/**
 * The local model's judgement: what the user says, and what the detector saw. The user's words win: what
 * they name, known or not, is never replaced by what the photo shows. Where the words name a thing the
 * detector knows and the photo clearly shows another, where several things of different categories are
 * named, where a word is not known, and where the material cannot be told, it is 미분류 with a question.
 *
 * @param detections best first; undefined when the photo could not be looked at
 */
export function estimate(
  userInput: string,
  detections: readonly Detection[] | undefined,
): ModelClassification {
  const said = readWords(userInput);
  const seen = rank(detections ?? []);
  const [top] = seen;
  if (said.unknown !== undefined) {
    return unsure(said.unknown, questions.unknown(said.unknown, said.items));
  }
  const told = top?.object.kind === "ambiguous" ? toldMaterial(userInput, top.object) : undefined;
  const named = said.items.filter((item) => !isGeneric(item, seen));
  if (named.length > 0 && !(told && named.every(isMaterial))) {
    return fromWords(named, seen, detections !== undefined);
  }
  if (detections === undefined) return unsure(null, questions.noDetector);
  if (!top) return unsure(null, questions.nothingSeen);
  switch (top.object.kind) {
    case "certain":
      return sure(top.object.name, top.object.category);
    case "other":
      return unsure(top.object.name, questions.notWaste(top.object.name));
    case "ambiguous":
      if (told) return sure(told.name, told.category);
      return unsure(top.object.name, questions.material(top.object.name, top.object.candidates));
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
  unknown: (name: string, known: readonly SaidItem[]) =>
    `'${name}'${josa.pick(name, "은/는")} 아직 모르는 물건이에요. 무엇으로 만들어졌는지 알려 주시겠어요?` +
    known.map((item) => ` '${item.name}': ${item.category}.`).join(""),
};

function fromWords(
  named: readonly SaidItem[],
  seen: readonly Seen[],
  isPhotoSeen: boolean,
): ModelClassification {
  const shown = named.find((item) => seen.some(({ object }) => agrees(object, item.category)));
  const hasOneCategory = new Set(named.map((item) => item.category)).size === 1;
  // What is dangerous is answered to, even if the photo shows the other thing.
  const isSafe = !named.some(isDangerous);
  const item = hasOneCategory ? (shown ?? named[0]) : isSafe ? shown : undefined;
  if (!item) return unsure(null, askWhich(named));
  const [top] = seen;
  const isContradicted = !shown && top !== undefined && contradicts(top, item.item);
  if (isContradicted) {
    return unsure(top.object.name, askWhichOf(item.name, top.object.name));
  }
  if (item.category === UNCLASSIFIED) return unsure(item.name, item.item.note);
  if (item.category === "전용수거") return unsure(item.name);
  const known = sure(item.name, item.category, tagsOf(item));
  return isPhotoSeen ? known : { ...known, question: questions.onlyWords(item.name) };
}

/** A sighting speaks against words only where the detector knows what they name, and not of furniture. */
function contradicts({ object, score }: Seen, item: Item): boolean {
  const isClear = object.kind === "certain" && score >= contradictionScoreMin;
  return isClear && backdrop(object) === 0 && DETECTABLE.has(item);
}

/** The items the detector can see. */
const DETECTABLE: ReadonlySet<Item | undefined> = new Set(
  COCO_OBJECTS.flatMap((object) => {
    if (object.kind === "other") return [];
    const candidates = object.kind === "ambiguous" ? object.candidates : [];
    return [object.name, ...candidates.map(({ name }) => name)].map(findItem);
  }),
);

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

function agrees(object: PhotoObject, category: Item["category"]): boolean {
  if (object.kind === "certain") return object.category === category;
  return object.kind === "ambiguous" && object.candidates.some((c) => c.category === category);
}

/** "이 병" with a bottle in the photo names no material: it is the very object whose material is asked. */
function isGeneric({ name }: SaidItem, seen: readonly Seen[]): boolean {
  return seen.some(({ object }) => object.kind === "ambiguous" && object.name === name);
}

function isMaterial({ name }: SaidItem): boolean {
  return MATERIAL_WORDS.includes(name);
}

/** The one candidate whose material the user mentioned, if it is one. */
function toldMaterial(
  userInput: string,
  { candidates }: { readonly candidates: readonly Candidate[] },
): Candidate | undefined {
  const told = MATERIAL_WORDS.filter((word) => userInput.includes(word));
  const fitting = candidates.filter(({ name }) => told.some((word) => name.includes(word)));
  return fitting.length === 1 ? fitting[0] : undefined;
}

function tagsOf({ states }: SaidItem): SituationTag[] {
  return [...new Set([...states].map(tagOf))].filter((tag) => tag !== undefined);
}

function sure(name: string, category: Category, tags: SituationTag[] = []): ModelClassification {
  return { classification: classificationOf(category, name), situation_tags: tags };
}

function unsure(name: string | null, question?: string): ModelClassification {
  return {
    classification: classificationOf(UNCLASSIFIED, name),
    situation_tags: [],
    ...(question ? { question } : {}),
  };
}
