import type { ClassificationResult } from "#lib/contract/classification.ts";
import { findMentions } from "#lib/contract/items/find-mentions.ts";
import { foldText } from "#lib/contract/items/fold-text.ts";
import { findItem, type Item } from "#lib/contract/items/items.ts";
import { isMaterial } from "#lib/contract/items/name-noun.ts";
import { type Reading, readWords, type SaidItem } from "#lib/contract/items/read-words.ts";
import type { State } from "#lib/contract/items/states.ts";
import { RECYCLABLE } from "#lib/contract/vocabulary.ts";

/** What a turn is about, by its own words and by what they refer to. */
export interface Topic extends Reading {
  /** What else is named: in 투명 페트병 라벨 the bottle, whose rules say what becomes of its label. */
  readonly wholes: readonly Item[];
  /** The words without the names of the wholes: what is asked about them. */
  readonly aspect: string;
}

/** Only so much of what was said before can be meant by "그거". */
const earlierMax = 6;

/**
 * "그럼 뚜껑은?" is about the cap of what was spoken of before, "그건 어디에 버려요?" about that itself, in the
 * condition it was said to be in.
 *
 * @param question the message as somebody would ask it who has said nothing before; "" when it is not known
 * @param earlier what the same user wrote before, oldest first
 */
export function topicOf(message: string, question: string, earlier: readonly string[]): Topic {
  const own = readTopic(message);
  const restated = question ? readTopic(question) : undefined;
  if (restated && restated.items.length > 0) return withDangersOf(own, restated);
  let before: Topic | undefined;
  for (const text of earlier.slice(-earlierMax)) before = follow(before, text, readTopic(text));
  return follow(before, message, own);
}

function follow(before: Topic | undefined, message: string, own: Topic): Topic {
  if (!before || !isFollowUp(message, own)) return own;
  const { aspect } = own;
  if (own.items.length === 0) return { ...before, aspect };
  const things = [...before.wholes, ...before.items.map(({ item }) => item)].filter(
    (item) => !isPart(item),
  );
  const items = own.items.map((said) => (isPart(said.item) ? partOf(said, things) : said));
  return { items, wholes: [...new Set([...own.wholes, ...things])], aspect };
}

/** What the photo shows, where the words name nothing: "이거 어떻게 버려요?" */
export function withSeen(topic: Topic, vision: ClassificationResult | undefined): Topic {
  const { minor_category: name, middle_category: category } = vision?.classification ?? {};
  const item = name ? findItem(name) : undefined;
  if (!item || !name || topic.items.length > 0 || topic.unknown !== undefined) return topic;
  const isKnown = category !== undefined && category !== "미분류" && category !== RECYCLABLE;
  const seen = { item, name, folded: name, states: new Set<State>() };
  return { ...topic, items: [{ ...seen, category: isKnown ? category : item.category }] };
}

function readTopic(text: string): Topic {
  const reading = readWords(text);
  const said = new Set(reading.items.map(({ item }) => item));
  const wholes = new Set<Item>();
  const aspect: string[] = [];
  for (const words of foldText(text)) {
    for (const mention of findMentions(words)) {
      const isWhole = mention.kind === "item" && !said.has(mention.item) && !isMaterial(mention);
      if (isWhole && mention.role !== "not") wholes.add(mention.item);
      if (!isWhole) aspect.push(...words.slice(mention.start, mention.end));
    }
  }
  const asked = aspect.join(" ");
  // Where only places are named by what they take, as in 폐건전지 수거함, that is what is meant.
  if (reading.items.length === 0 && reading.unknown === undefined) {
    return { items: [...wholes].map(asSaid), wholes: [], aspect: asked };
  }
  return { ...reading, wholes: [...wholes], aspect: asked };
}

/** An item in no condition that was told. */
export function asSaid(item: Item): SaidItem {
  const { name, category } = item;
  return { item, name, folded: name, states: new Set(), category };
}

/** A model that restates a question drops no danger that its user named. */
function withDangersOf(own: Topic, restated: Topic): Topic {
  const said = new Set(restated.items.map(({ item }) => item));
  const dropped = own.items.filter(({ item }) => item.hazard !== undefined && !said.has(item));
  return { ...restated, items: [...restated.items, ...dropped] };
}

/** A noun nobody knows is a thing of its own. */
function isFollowUp(message: string, { items, wholes, unknown }: Topic): boolean {
  if (refersBack.test(message)) return true;
  if (items.length === 0) return unknown === undefined;
  return wholes.length === 0 && items.every(({ item }) => isPart(item));
}

const refersBack =
  /^\s*(?:그럼|그러면|그건|그거|그것|그게|그때|그리고|근데|그런데|아까|방금|이건|이거)/;
const parts =
  /(?:뚜껑|라벨|마개|꼭지|손잡이|펌프|스티커|상표|빨대|고리|테이프|스프링|필름|트리거|끈)$/;

function isPart({ name }: Item): boolean {
  return parts.test(name);
}

/** The cap of a PET bottle is an item of its own. */
function partOf(said: SaidItem, things: readonly Item[]): SaidItem {
  for (const thing of things) {
    for (const name of [thing.name, ...thing.also]) {
      const item = findItem(`${name} ${said.name}`);
      if (item) return { ...said, item, name: item.name, category: item.category };
    }
  }
  return said;
}
