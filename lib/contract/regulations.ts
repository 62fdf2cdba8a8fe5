import * as v from "valibot";
import { findItem } from "./items/items.ts";
import { Regulation } from "./regulation.ts";
import battery from "./regulations/battery.json";
import bulky from "./regulations/bulky.json";
import clearPetBottle from "./regulations/clear-pet-bottle.json";
import clothing from "./regulations/clothing.json";
import construction from "./regulations/construction.json";
import electronics from "./regulations/electronics.json";
import expandedFoam from "./regulations/expanded-foam.json";
import food from "./regulations/food.json";
import generalWaste from "./regulations/general-waste.json";
import glassBottle from "./regulations/glass-bottle.json";
import hazardous from "./regulations/hazardous.json";
import lighting from "./regulations/lighting.json";
import metal from "./regulations/metal.json";
import nonCombustible from "./regulations/non-combustible.json";
import paper from "./regulations/paper.json";
import paperPack from "./regulations/paper-pack.json";
import plastic from "./regulations/plastic.json";
import recyclable from "./regulations/recyclable.json";
import recyclableGeneral from "./regulations/recyclable-general.json";
import vinyl from "./regulations/vinyl.json";
import { RECYCLABLE } from "./vocabulary.ts";

/** Principles that hold for every recyclable. It belongs to no category and is never found by one. */
export const generalRecyclable: Regulation = v.parse(Regulation, recyclableGeneral);

/** One regulation for each category; imported, not read, so that the compiled binary carries them. */
const ofCategories: readonly Regulation[] = [
  ...[paper, paperPack, clearPetBottle, plastic, vinyl, expandedFoam, glassBottle, metal],
  ...[clothing, battery, lighting, electronics],
  ...[recyclable, generalWaste, nonCombustible, food, bulky, construction, hazardous],
].map((json) => v.parse(Regulation, json));

export const REGULATIONS: readonly Regulation[] = [...ofCategories, generalRecyclable];

const byCategory = new Map(ofCategories.map((regulation) => [regulation.이름, regulation]));
const byKey = new Map(REGULATIONS.map((regulation) => [regulation.key, regulation]));

/**
 * The regulation of a category, or undefined for 미분류 and for anything that is no category. A lookup
 * by exact name: no path and no property name is ever built from what a model said.
 */
export function findRegulation(c: {
  readonly major_category: string;
  readonly middle_category: string;
}): Regulation | undefined {
  const isRecyclable = c.major_category === RECYCLABLE;
  const found = byCategory.get(isRecyclable ? c.middle_category : c.major_category);
  return found?.category === c.major_category ? found : undefined;
}

export function regulationByKey(key: string): Regulation | undefined {
  return byKey.get(key);
}

/**
 * The special steps for one item, [] when the common ones suffice. A key of `배출방법_세부` is one item
 * name or several joined by "·"; the item may be called by any of its names.
 */
export function detailSteps(regulation: Regulation, itemName: string): readonly string[] {
  const item = findItem(itemName);
  const isMeant = (name: string) => name === itemName || (item && findItem(name) === item);
  const fitting = Object.entries(regulation.배출방법_세부).filter(([key]) =>
    key.split("·").some(isMeant),
  );
  return fitting.flatMap(([, steps]) => steps);
}
