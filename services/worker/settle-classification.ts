import { classificationOf, type ModelClassification } from "#lib/contract/classification.ts";
import type { Item } from "#lib/contract/items/items.ts";
import { mayBe, mayTurnOut } from "#lib/contract/items/may-be.ts";
import { type Reading, readWords, type SaidItem } from "#lib/contract/items/read-words.ts";
import { isDangerous } from "#lib/contract/items/safety.ts";
import { categoryInState, statesOfTags } from "#lib/contract/items/states.ts";
import { UNCLASSIFIED } from "#lib/contract/vocabulary.ts";
import { askWhich, askWhichOf } from "./ask-which.ts";

/** A classification, and who decided it where that was not the model. */
export type Settled = ModelClassification & { readonly settledBy?: "dictionary" | "words" };

/**
 * What a hosted model says of a photo, held against the item dictionary. In this order:
 *
 * 1. The item that the model names decides its own category, where it cannot be of the one that the model
 *    gives (`mayBe`): a knife is no metal to recycle, whoever says so.
 * 2. The user's words decide nothing where they name nothing known, or something unknown beside it.
 * 3. Where they name things of several categories, the model's choice among them stands, unless one of them
 *    is dangerous: that is never dropped, so it is asked which is meant.
 * 4. The model's category stands where what the words name may be of it, in its condition, size or material.
 * 5. The words decide where they name what is dangerous or has a collection of its own, where the model
 *    names the same item, and where it says that the photo shows none and asks nothing.
 * 6. Otherwise the words and the photo show two things: it is asked which is meant.
 *
 * What was not decided by the model alone earns no reward (`reward.ts`): words are free to write.
 */
export function settleClassification(seen: ModelClassification, userInput: string): Settled {
  const shown = onlyItem(readWords(seen.classification.minor_category ?? ""));
  const corrected = byDictionary(seen, shown);
  const said = readWords(userInput);
  const [first] = said.items;
  if (!first || said.unknown !== undefined) return corrected;
  const { middle_category: category, minor_category: minor } = corrected.classification;
  if (new Set(said.items.map((item) => item.category)).size > 1) {
    const isChosen = said.items.some((item) => item.category === category);
    return isChosen && !said.items.some(isDangerous)
      ? corrected
      : asking(seen, null, askWhich(said.items));
  }
  if (first.category === UNCLASSIFIED || said.items.some((item) => fits(item, category, shown))) {
    return corrected;
  }
  const isOwn = isDangerous(first) || first.category === "전용수거";
  const isSame = shown?.item === first.item;
  const isUnseen = category === UNCLASSIFIED && seen.question === undefined;
  if (isOwn || isSame || isUnseen) return decided(seen, first.category, first.name, "words");
  if (category === UNCLASSIFIED) return corrected;
  return asking(seen, minor, askWhichOf(first.name, minor ?? category));
}

/** Rule 1. A model that cannot tell asks, and is not answered by a name that does not tell either. */
function byDictionary(seen: ModelClassification, shown: SaidItem | undefined): Settled {
  const { middle_category: category, minor_category: minor } = seen.classification;
  if (!shown || shown.category === UNCLASSIFIED) return seen;
  if (category === UNCLASSIFIED && shown.category !== "전용수거") return seen;
  if (shown.category === category || mayBe(shown, category)) return seen;
  const own = categoryInState(shown.category, statesOfTags(seen.situation_tags));
  return decided(seen, own, own === "전용수거" ? shown.item.name : minor, "dictionary");
}

/** Whether what was said may be of a category. In a condition that was said it is of that condition's alone. */
function fits(said: SaidItem, category: Item["category"], shown: SaidItem | undefined): boolean {
  if (said.category !== said.item.category) return said.category === category;
  const isSeen = shown?.item === said.item || shown?.folded.endsWith(said.folded);
  return isSeen ? mayBe(said, category) : mayTurnOut(said, category);
}

function onlyItem({ items, unknown }: Reading): SaidItem | undefined {
  return items.length === 1 && unknown === undefined ? items[0] : undefined;
}

function decided(
  seen: ModelClassification,
  category: Item["category"],
  name: string | null,
  settledBy: NonNullable<Settled["settledBy"]>,
): Settled {
  const { question: _, ...rest } = seen;
  // What has a collection of its own is of no category; the answer stage says where it goes, by its name.
  const known = category === "전용수거" ? UNCLASSIFIED : category;
  return { ...rest, classification: classificationOf(known, name), settledBy };
}

function asking(seen: ModelClassification, name: string | null, question: string): Settled {
  return { ...seen, classification: classificationOf(UNCLASSIFIED, name), question };
}
