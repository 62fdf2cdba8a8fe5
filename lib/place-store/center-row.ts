import type { PickupCategory, StoreCategory } from "#lib/contract/places/category.ts";
import type { Center } from "#lib/contract/places/center.ts";
import { daySlots, minutesOfKind, timeText } from "#lib/contract/places/day-slots.ts";
import { arcKm, distanceText } from "#lib/contract/places/earth.ts";

/** A place as it is read; the first three parameters are `slotParameters`. */
export const centerColumns = `id::text, name, source, road_address, latitude, longitude, phone, place_url,
  store_category, array_to_string(pickup_categories, ',') as pickups,
  opening @> $1::int or opening @> $2::int as is_open,
  isempty(opening * $3::int4multirange) as is_closed,
  lower(opening * $3::int4multirange) as opens, upper(opening * $3::int4multirange) as closes`;

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
  /** The four of the hours are null where these are not known, the last two also on a day it is closed. */
  readonly is_open: boolean | null;
  readonly is_closed: boolean | null;
  readonly opens: number | null;
  readonly closes: number | null;
  /** To the position asked from; left out where there is none. */
  readonly chord?: number | null;
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
    pickup_categories: row.pickups.split(",").filter(isPickup),
    is_open: row.is_open,
    is_holiday: row.is_closed,
    start_time: timeOf(row.opens),
    end_time: timeOf(row.closes),
    phone: row.phone,
    place_url: row.place_url,
  };
}

function timeOf(minute: number | null): string | null {
  return minute === null ? null : timeText(minute % minutesOfKind);
}

/** The column has no others: an import checks them. */
function isPickup(text: string): text is PickupCategory {
  return text !== "";
}
