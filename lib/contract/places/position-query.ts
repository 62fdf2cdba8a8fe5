import * as v from "valibot";
import type { Position } from "./earth.ts";

/** Coordinates as query parameters. */

const degrees = (max: number) =>
  v.pipe(
    v.string("COORDINATES_INVALID"),
    v.regex(/^-?\d{1,3}(?:\.\d{1,20})?$/, "COORDINATES_INVALID"),
    v.transform(Number),
    v.minValue(-max, "COORDINATES_INVALID"),
    v.maxValue(max, "COORDINATES_INVALID"),
  );

export const positionEntries = { lat: degrees(90), lon: degrees(180) };

interface Given {
  readonly lat?: number | undefined;
  readonly lon?: number | undefined;
}

export const optionalPositionEntries = {
  lat: v.optional(positionEntries.lat),
  lon: v.optional(positionEntries.lon),
};

/** Both or none; for the `v.pipe` around the object that has them. */
export function bothOrNone<T extends Given>() {
  return v.check<T, "COORDINATES_INVALID">(
    ({ lat, lon }) => (lat === undefined) === (lon === undefined),
    "COORDINATES_INVALID",
  );
}

export const OptionalPosition = v.pipe(v.object(optionalPositionEntries), bothOrNone());

export function positionOf({ lat, lon }: Given): Position | undefined {
  return lat === undefined || lon === undefined ? undefined : { latitude: lat, longitude: lon };
}
