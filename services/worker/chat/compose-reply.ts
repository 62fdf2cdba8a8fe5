import { josa } from "es-hangul";
import type { ClassificationResult } from "#lib/contract/classification.ts";
import { estimateLabel } from "../local-model/compose-answer.ts";
import { adviceFor } from "../local-model/situation-advice.ts";
import type { Intent } from "../models/chat-model.ts";
import { type Evidence, type Findings, missingSentence } from "./evidence.ts";
import type { Seen } from "./look-at-photo.ts";
import type { Topic } from "./turn-topic.ts";

export interface Composed {
  readonly findings: Findings;
  readonly topic: Topic;
  readonly intents: readonly Intent[];
  readonly seen: Seen | null;
  readonly warnings: readonly string[];
}

const stepsMax = 5;
const fittingMax = 3;

/**
 * An answer without a model: what was found, in its own sentences, put in order. It is the same for the same findings,
 * so that one that was cut off is continued. Nothing of it is the user's text but the name of a thing.
 */
export function composeReply({ findings, topic, intents, seen, warnings }: Composed): string {
  const { evidence, missing } = findings;
  const isAboutWaste = intents.some((intent) => wasteIntents.includes(intent));
  const said = new Set<string>();
  const paragraphs = [
    warnings.join(" "),
    photoText(seen),
    ...itemTexts(evidence, topic, said),
    isAboutWaste && topic.unknown !== undefined ? unknownText(topic.unknown) : "",
    ...ruleTexts(evidence, said),
    ...listText("캐릭터 이야기예요.", evidence, "character"),
    ...listText("최근에 분석한 물건이에요.", evidence, "scan"),
    ...listText("가까운 곳이에요.", evidence, "place"),
    ...missing.map(missingSentence),
  ].filter(Boolean);
  if (paragraphs.length === 0) paragraphs.push(steerBack(intents));
  const isEstimate = seen !== null || isAboutWaste;
  if (isEstimate) paragraphs.push("추정이므로 실제와 다를 수 있어요.");
  return `${isEstimate ? `[${estimateLabel}] ` : ""}${paragraphs.join("\n\n")}`;
}

const wasteIntents: readonly Intent[] = ["waste", "bulk_waste", "collection_point"];

/** Names the rules an answer rests on, each origin once; "" where it rests on none. */
export function sourceLine(evidence: readonly Evidence[]): string {
  const titles = evidence
    .filter(({ type }) => type === "regulation")
    .map(({ title }) => title.split(" · "));
  const byOrigin = Map.groupBy(titles, ([, origin = ""]) => origin);
  const texts = [...byOrigin].map(
    ([origin, all]) => `${all.map(([name]) => name).join(", ")} (${origin})`,
  );
  return texts.length > 0 ? `출처: ${texts.join(" / ")}` : "";
}

function photoText(seen: Seen | null): string {
  if (!seen) return "";
  if ("unreadable" in seen) return `사진을 볼 수 없었어요. ${seen.unreadable}`;
  const { classification, meta, situation_tags: tags } = seen.vision;
  const { minor_category: name } = classification;
  return [
    name ? `사진에는 '${name}' 같은 것이 보여요.` : "사진에서 버릴 물건을 찾지 못했어요.",
    ...adviceFor(tags, classification.major_category),
    meta.question ?? "",
  ]
    .filter(Boolean)
    .join(" ");
}

/** Sentences that were not said yet; they are from now on. */
function newOf(lines: readonly string[], said: Set<string>): string[] {
  const rest = lines.filter((line) => !said.has(line));
  for (const line of rest) said.add(line);
  return rest;
}

/** What a thing is, and what fits the question; of the whole of a thing that alone. */
function itemTexts(evidence: readonly Evidence[], topic: Topic, said: Set<string>): string[] {
  return evidence
    .filter(({ type }) => type === "item")
    .map(({ id, lines }) => {
      const own = topic.items.find(({ item }) => item.name === id);
      const rest = newOf(lines, said);
      if (own) return [headline(own.name, own.category), ...rest].join(" ");
      return rest.length > 0 ? `${id}: ${rest.join(" ")}` : "";
    });
}

function headline(name: string, category: string): string {
  const topic = `'${name}'${josa.pick(name, "은/는")}`;
  if (category === "미분류") return `${topic} 이름만으로는 알기 어려워요.`;
  if (category === "전용수거") return `${topic} 따로 모으는 품목이에요.`;
  return `${topic} '${category}' 기준에 따라 버려 주세요.`;
}

function unknownText(name: string): string {
  return (
    `'${name}'${josa.pick(name, "은/는")} 제가 가진 자료에 없는 물건이에요. 무엇으로 만들어졌는지 알려 주시거나 ` +
    "사는 곳의 주민센터나 구청 청소과에 물어봐 주세요."
  );
}

/** The steps of each rule; without a thing the sentences that fit the question. */
function ruleTexts(evidence: readonly Evidence[], said: Set<string>): string[] {
  const hasItem = evidence.some(({ type }) => type === "item");
  return evidence
    .filter(({ type }) => type === "regulation")
    .map(({ title, lines, steps = [] }) => {
      const fitting = hasItem ? [] : newOf(lines.slice(0, fittingMax), said);
      const [name = ""] = title.split(" 분리배출 기준");
      if (fitting.length > 0) return `${name}: ${fitting.join(" ")}`;
      const rest = newOf(steps.slice(0, stepsMax), said);
      if (rest.length === 0) return "";
      return [`${name}:`, ...rest.map((step, i) => `${i + 1}. ${step}`)].join("\n");
    });
}

function listText(head: string, evidence: readonly Evidence[], type: Evidence["type"]): string[] {
  const own = evidence.filter((one) => one.type === type);
  if (own.length === 0) return [];
  return [[head, ...own.map(({ title, lines }) => `- ${title}: ${lines.join(" ")}`)].join("\n")];
}

function steerBack(intents: readonly Intent[]): string {
  const offer =
    "저는 물건을 버리는 방법, 캐릭터, 가까운 수거함과 가게를 도와드려요. 무엇을 버리시는지 알려 주시겠어요?";
  return intents.includes("general") ? offer : `그건 제가 가진 자료에서 찾지 못했어요. ${offer}`;
}

/** Sentences and lines, as they are shown one after another. */
export function sentencesOf(text: string): string[] {
  return text.match(/[^.!?\n]+(?:[.!?]+|\n|$)\s*|\s+|[.!?]+\s*/g) ?? [];
}

export const nothingSeen: ClassificationResult = {
  classification: { major_category: "미분류", middle_category: "미분류", minor_category: null },
  situation_tags: [],
  meta: { user_input: "", model: "", estimate: true },
};
