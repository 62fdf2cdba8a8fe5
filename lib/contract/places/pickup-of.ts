import type { Classification } from "#lib/contract/classification.ts";
import type { Middle } from "#lib/contract/vocabulary.ts";
import type { PickupCategory } from "./category.ts";

/** Which collection points take a material. Places say it more coarsely than the Ministry's guideline. */
const PICKUPS: Readonly<Record<Middle, PickupCategory>> = {
  종이: "paper",
  종이팩: "paper",
  무색페트병: "clear_pet",
  플라스틱류: "plastic",
  비닐류: "plastic",
  발포합성수지: "plastic",
  유리병: "glass",
  금속류: "can",
  의류및원단: "textile",
  전지: "electronics",
  조명제품: "electronics",
  전기전자제품: "electronics",
};

/** Undefined for what no collection point takes: it goes into a bag, or is fetched. */
export function pickupOf({ middle_category }: Classification): PickupCategory | undefined {
  return Object.entries(PICKUPS).find(([middle]) => middle === middle_category)?.[1];
}
