import QuickLRU from "quick-lru";
import type { PickupCategory, StoreCategory } from "#lib/contract/places/category.ts";
import type { Center } from "#lib/contract/places/center.ts";
import { daySlots, minutesOfKind, timeText } from "#lib/contract/places/day-slots.ts";
import { arcKm, distanceText } from "#lib/contract/places/earth.ts";

/** A place as it is read; the first three parameters are `slotParameters`. */
export const centerColumns = `id::text, name, source, road_address, latitude, longitude, phone, place_url,
  store_category, array_to_string(pickup_categories, ',') as pickups,
  opening @> $1::int or opening @> $2::int as is_open,
  (opening * $3::int4multirange)::text as hours`;

/** The minute it is now, as one of today's and as one of last night's, and the minutes of today. */
export function slotParameters(now: number): (string | number)[] {
  const { now: minutes, today } = daySlots(now);
  return [...minutes, `{[${today.join(",")})}`];
}

export interface CenterRow {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly road_address: string | null;
  readonly latitude: number;
  readonly longitude: number;
  readonly phone: string | null;
  readonly place_url: string | null;
  readonly store_category: StoreCategory;
  readonly pickups: string;
  /** The two of the hours are null where these are not known. */
  readonly is_open: boolean | null;
  /** Today's, as a multirange: `{[540,720),[780,1080)}`, `{}` on a day it is closed. */
  readonly hours: string | null;
  /** To the position asked from; left out where there is none. */
  readonly chord?: number | null;
}

/** The columns, in their order and the distance behind them, by their names: the driver takes longer for that. */
export function toRow(values: readonly unknown[]): CenterRow {
  const [id, name, source, road_address, latitude, longitude, phone, place_url, ...rest] = values;
  const [store_category, pickups, is_open, hours, chord] = rest;
  const place = { id, name, source, road_address, latitude, longitude, phone, place_url };
  return { ...place, store_category, pickups, is_open, hours, chord } as CenterRow;
}

export function toCenter(row: CenterRow): Center {
  const km = typeof row.chord === "number" ? arcKm(row.chord) : null;
  return {
    id: row.id,
    name: row.name,
    source: row.source,
    road_address: row.road_address,
    latitude: row.latitude,
    longitude: row.longitude,
    distance_km: km === null ? null : Math.round(km * 1_000) / 1_000,
    distance_text: km === null ? null : distanceText(km),
    store_category: row.store_category,
    pickup_categories: pickupsOf(row.pickups),
    is_open: row.is_open,
    ...hoursOf(row.hours),
    phone: row.phone,
    place_url: row.place_url,
  };
}

/** Many places have the same hours, and take the same. */
const textsMax = 1_000;
const pickupsOf = remember((text: string) => text.split(",").filter(isPickup));
const hoursOf = remember((text: string | null) => {
  const minutes = text?.match(/\d+/g) ?? [];
  return {
    is_holiday: text === null ? null : minutes.length === 0,
    start_time: timeOf(minutes[0]),
    end_time: timeOf(minutes.at(-1)),
  };
});

function remember<Text extends string | null, Read>(read: (text: Text) => Read): typeof read {
  const known = new QuickLRU<Text, Read>({ maxSize: textsMax });
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const now = read(text);
    known.set(text, now);
    return now;
  };
}

function timeOf(minute: string | undefined): string | null {
  return minute === undefined ? null : timeText(Number(minute) % minutesOfKind);
}

/** The column has no others: an import checks them. */
function isPickup(text: string): text is PickupCategory {
  return text !== "";
}
