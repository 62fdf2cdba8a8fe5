import { classificationOf } from "#lib/contract/classification.ts";
import type { PickupCategory, StoreCategory } from "#lib/contract/places/category.ts";
import { pickupOf } from "#lib/contract/places/pickup-of.ts";
import type { Topic } from "./turn-topic.ts";

/** A place near the user, as an answer names it. */
export interface Place {
  readonly id: string;
  readonly name: string;
  readonly address: string | null;
  /** `350m` */
  readonly distance: string | null;
  /** Null where the hours are not known. */
  readonly isOpen: boolean | null;
  readonly url: string | null;
}

/** Empty: of any kind. */
export interface PlaceWish {
  readonly stores: readonly StoreCategory[];
  readonly pickups: readonly PickupCategory[];
}

/** Which places a message is about: for a thing those that take it, else the shops it names. */
export function placesWished(message: string, { items, wholes }: Topic): PlaceWish {
  const stores = storeWords.flatMap(([words, store]) => (words.test(message) ? [store] : []));
  const categories = [
    ...items.map(({ category }) => category),
    ...wholes.map(({ category }) => category),
  ];
  const named = pickupWords.flatMap(([words, pickup]) => (words.test(message) ? [pickup] : []));
  const taken = categories.flatMap((category) =>
    category === "전용수거" ? [] : (pickupOf(classificationOf(category, null)) ?? []),
  );
  const pickups = [...new Set([...named, ...taken])];
  return { stores: pickups.length > 0 ? [] : stores, pickups };
}

const storeWords: readonly (readonly [RegExp, StoreCategory])[] = [
  [/제로 ?웨이스트|리필/, "refill_zero"],
  [/카페|빵집|베이커리/, "cafe_bakery"],
  [/비건|채식/, "vegan_dining"],
  [/업사이클|새활용|중고|재활용 ?센터|수리/, "upcycle_recycle"],
  [/책방|서점|공방/, "book_workshop"],
  [/마트|시장/, "market_mart"],
  [/숙소|호텔|게스트하우스/, "lodging"],
  [/수거함|배출함|회수함/, "public_dropbox"],
];

const pickupWords: readonly (readonly [RegExp, PickupCategory])[] = [
  [/(?:헌|폐) ?옷|의류/, "textile"],
  [/(?:폐)?건전지|배터리|형광등|가전|휴대폰/, "electronics"],
  [/페트/, "clear_pet"],
  [/종이|우유팩|종이팩/, "paper"],
  [/캔|고철/, "can"],
  [/유리/, "glass"],
  [/플라스틱/, "plastic"],
];
