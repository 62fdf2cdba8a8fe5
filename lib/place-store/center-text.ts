import QuickLRU from "quick-lru";
import type { PickupCategory, StoreCategory } from "#lib/contract/places/category.ts";
import type { Center } from "#lib/contract/places/center.ts";
import { daySlots, minutesOfKind, timeText } from "#lib/contract/places/day-slots.ts";
import { arcKm, distanceText } from "#lib/contract/places/earth.ts";

/** Stand between fields and between places: an import lets no control character into any text (`storableText`). */
const [fieldMark, placeMark] = ["\x1f", "\x1e"];

/**
 * A place as one text, which is read in less time than the driver takes for as many columns. Its first three parameters
 * are `slotParameters`. `concat_ws` leaves out what is null, so nothing is.
 *
 * @param chord the distance to a position, where there is one
 */
export function centerText(chord = "''"): string {
  return `concat_ws(chr(${fieldMark.charCodeAt(0)}), id, name, source, coalesce(road_address, ''),
    latitude, longitude, coalesce(phone, ''), coalesce(place_url, ''),
    store_category, array_to_string(pickup_categories, ','),
    coalesce((opening @> $1::int or opening @> $2::int)::text, ''),
    coalesce((opening * $3::int4multirange)::text, ''), ${chord})`;
}

/** The texts of several as one: each row takes the driver its time as well. */
export function joined(texts: string): string {
  return `string_agg(${texts}, chr(${placeMark.charCodeAt(0)}))`;
}

/** The minute it is now, as one of today's and as one of last night's, and the minutes of today. */
export function slotParameters(now: number): (string | number)[] {
  const { now: minutes, today } = daySlots(now);
  return [...minutes, `{[${today.join(",")})}`];
}

type Fields = [
  id: string,
  name: string,
  source: string,
  roadAddress: string,
  latitude: string,
  longitude: string,
  phone: string,
  placeUrl: string,
  store: StoreCategory,
  pickups: string,
  /** This and the hours are empty where these are not known. */
  isOpen: string,
  /** Today's, as a multirange: `{[540,720),[780,1080)}`, `{}` on a day it is closed. */
  hours: string,
  chord: string,
];

/** @param texts as `joined` makes them: null of no place */
export function toCenters(texts: string | null): Center[] {
  return texts === null ? [] : texts.split(placeMark).map(toCenter);
}

export function toCenter(text: string): Center {
  const fields = text.split(fieldMark) as Fields;
  const [id, name, source, roadAddress, latitude, longitude, phone, placeUrl, store] = fields;
  const [, , , , , , , , , pickups, isOpen, hours, chord] = fields;
  const km = chord === "" ? null : arcKm(Number(chord));
  // Each by its name below: to spread them takes 0.2 µs more.
  const { is_holiday, start_time, end_time } = hoursOf(hours);
  return {
    id,
    name,
    source,
    road_address: roadAddress || null,
    latitude: Number(latitude),
    longitude: Number(longitude),
    distance_km: km === null ? null : Math.round(km * 1_000) / 1_000,
    distance_text: km === null ? null : distanceText(km),
    store_category: store,
    pickup_categories: pickupsOf(pickups),
    is_open: isOpen === "" ? null : isOpen === "true",
    is_holiday,
    start_time,
    end_time,
    phone: phone || null,
    place_url: placeUrl || null,
  };
}

/** Many places have the same hours, and take the same. */
const textsMax = 1_000;
const pickupsOf = remember((text) => text.split(",").filter(isPickup));
const hoursOf = remember((text) => {
  const minutes = text.match(/\d+/g) ?? [];
  return {
    is_holiday: text === "" ? null : minutes.length === 0,
    start_time: timeOf(minutes[0]),
    end_time: timeOf(minutes.at(-1)),
  };
});

function remember<Read>(read: (text: string) => Read): typeof read {
  const known = new QuickLRU<string, Read>({ maxSize: textsMax });
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    // A part of a text keeps all of that in memory; a copy does not.
    const copy = Buffer.from(text).toString();
    const now = read(copy);
    known.set(copy, now);
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
