import MiniSearch from "minisearch";
import type { Classification } from "#lib/contract/classification.ts";
import { ITEMS, type Item } from "#lib/contract/items/items.ts";
import type { SaidItem } from "#lib/contract/items/read-words.ts";
import type { Regulation } from "#lib/contract/regulation.ts";
import { detailSteps, findRegulation, REGULATIONS } from "#lib/contract/regulations.ts";
import { MAJORS, RECYCLABLE } from "#lib/contract/vocabulary.ts";
import type { Evidence } from "./evidence.ts";
import { asSaid, type Topic } from "./turn-topic.ts";

/**
 * What the items and the regulations say about a question. The dictionary of items says what the question is about, a
 * ranked full-text index which sentences of the rules are about what is asked of it. Without a known item the index
 * alone decides.
 */

/** A thing, the thing it is part of, and one more. */
const itemsMax = 4;
const regulationsMax = 3;
/** Sentences of one regulation: more is not read, and a model is paid by the word. */
const linesMax = 12;
const fittingMax = 3;
/** Terms that a sentence shares with a question: one pair of syllables is shared by chance. */
const termsMin = 2;
/** Where nothing but the words tells what is meant. */
const termsMinOpen = 3;

interface Sentence {
  readonly id: number;
  readonly regulation: Regulation | undefined;
  /** The note of an item is a sentence of its category's. */
  readonly item?: Item;
  readonly text: string;
  /** What it is about, where that does not stand in the sentence. */
  readonly about: string;
}

/** Words, and every two syllables that follow each other: what Korean words share when their endings differ. */
export function searchTerms(text: string): string[] {
  const words =
    text
      .normalize("NFKC")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.slice(0, wordsMax).flatMap((word) => {
    const letters = [...word.slice(0, wordCharsMax)];
    return [word, ...letters.slice(1).map((letter, i) => `${letters[i]}${letter}`)];
  });
}
const wordsMax = 200;
const wordCharsMax = 40;

/** Every regulation has them; they say nothing about which one is meant. */
const everywhere = new Set(
  "주세 세요 해요 어요 아요 나요 하나 까요 어떻 떻게 어떻게 버려 려요 버리 리는 방법 배출 내놓 놓아 아주 이에 에요 예요 하는 는데 려면 싶어 해야".split(
    " ",
  ),
);
const meaningful = (term: string) => (everywhere.has(term) ? null : term);

const sentences: readonly Sentence[] = [
  ...REGULATIONS.flatMap((regulation) => sentencesOf(regulation)),
  ...ITEMS.filter(({ note }) => note).map((item) => ({
    regulation: regulationOf(item.category),
    item,
    text: item.note,
    about: item.name,
  })),
].map((sentence, id) => ({ id, ...sentence }));

/** Built once, in the time of some hundred answers. */
const index = new MiniSearch<Pick<Sentence, "id" | "text" | "about">>({
  fields: ["text", "about"],
  tokenize: searchTerms,
  processTerm: meaningful,
});
index.addAll(sentences);

/** @param seen what the photo shows */
export function searchRules(topic: Topic, seen: Classification | undefined): Evidence[] {
  // A known word before one that nobody knows says nothing about it: 선풍기 날개.
  const wholes = topic.unknown === undefined ? topic.wholes.map(asSaid) : [];
  const said = [...topic.items, ...wholes].slice(0, itemsMax);
  const regulations = new Set(said.flatMap(({ category }) => regulationOf(category) ?? []));
  const seenRegulation = seen && findRegulation(seen);
  if (seenRegulation) regulations.add(seenRegulation);
  const isOpen = said.length === 0 && regulations.size === 0 && topic.unknown === undefined;
  const ranked = rankedSentences(topic, isOpen ? termsMinOpen : termsMin);
  const best = isOpen ? ranked.slice(0, fittingMax) : [];
  for (const { regulation } of best) if (regulation) regulations.add(regulation);
  const near = best.flatMap(({ item }) => item ?? []).slice(0, 1);
  return [
    ...[...said, ...near.map(asSaid)].map((one) => itemEvidence(one, ranked)),
    ...[...regulations]
      .slice(0, regulationsMax)
      .map((regulation) => regulationEvidence(regulation, ranked)),
  ];
}

/** Within the rules of a thing its own name says nothing: the rest of the question does. */
function rankedSentences({ aspect }: Topic, sharedMin: number): Sentence[] {
  const found = index.search(aspect, {
    boost: { about: 2 },
    filter: ({ terms }) => terms.length >= sharedMin,
  });
  return found.flatMap(({ id }) => sentences[Number(id)] ?? []);
}

/** What a category's rules are, for the category of an item. */
export function regulationOf(category: Item["category"]): Regulation | undefined {
  const isMajor = MAJORS.some((major) => major === category);
  const major = isMajor ? category : RECYCLABLE;
  return findRegulation({ major_category: major, middle_category: category });
}

function itemEvidence({ item, name, category }: SaidItem, ranked: readonly Sentence[]): Evidence {
  const regulation = regulationOf(category);
  const own = regulation ? detailSteps(regulation, item.name) : [];
  const fitting = fittingOf(regulation, ranked);
  return {
    type: "item",
    id: item.name,
    title: `${name} (${category})`,
    url: item.source.some((source) => source.startsWith("분리배출.kr")) ? dictionaryUrl : null,
    lines: [...new Set([item.note, ...own, ...fitting.slice(0, fittingMax)])].filter(Boolean),
  };
}

const dictionaryUrl = "https://www.xn--oy2b29bd3a601b.kr/";

function regulationEvidence(regulation: Regulation, ranked: readonly Sentence[]): Evidence {
  const { key, 이름: name, 배출방법_공통: steps, 출처: source } = regulation;
  return {
    type: "regulation",
    id: key,
    title: `${name.replaceAll("_", " ")} 분리배출 기준 · ${source.제목}`,
    url: source.주소,
    lines: fittingOf(regulation, ranked).slice(0, linesMax),
    steps,
  };
}

/** Of the regulation's own: the note of another item says nothing about this one. */
function fittingOf(regulation: Regulation | undefined, ranked: readonly Sentence[]): string[] {
  const own = ranked.filter((one) => one.regulation === regulation && !one.item);
  return own.map(({ text }) => text);
}

function sentencesOf(regulation: Regulation): Omit<Sentence, "id">[] {
  const { 이름: name, 배출방법_공통: common, 배출방법_세부: special } = regulation;
  const others = [...common, ...regulation.배출불가_품목_안내, regulation.대상_설명];
  return [
    ...others.map((text) => ({ regulation, text, about: name })),
    ...Object.entries(special).flatMap(([items, texts]) =>
      texts.map((text) => ({ regulation, text, about: `${name} ${items}` })),
    ),
  ];
}
