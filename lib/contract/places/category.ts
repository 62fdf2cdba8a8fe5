/** What a place is. */
export const STORE_CATEGORIES = [
  "refill_zero",
  "cafe_bakery",
  "vegan_dining",
  "upcycle_recycle",
  "book_workshop",
  "market_mart",
  "lodging",
  "public_dropbox",
  "general",
] as const;
export type StoreCategory = (typeof STORE_CATEGORIES)[number];

/** What a place takes. */
export const PICKUP_CATEGORIES = [
  "clear_pet",
  "colored_pet",
  "can",
  "paper",
  "plastic",
  "glass",
  "textile",
  "electronics",
  "general",
] as const;
export type PickupCategory = (typeof PICKUP_CATEGORIES)[number];
