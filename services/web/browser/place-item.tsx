import type { ScanResult } from "#lib/client/create-client.ts";
import { fill } from "../words/words.ts";
import { Icon } from "./icon.tsx";
import { answerLanguage, words } from "./page-words.ts";

export type Place = NonNullable<NonNullable<ScanResult["nearby"]>[number]>;

/** One place of a list. */
export function PlaceItem({ place, mark }: { place: Place; mark?: string }) {
  const { start_time: from, end_time: to } = place;
  return (
    <li class="place" id={`place-${place.id}`}>
      <div class="head">
        {mark && (
          <span class="mark" aria-hidden="true">
            {mark}
          </span>
        )}
        <h3 lang={answerLanguage}>{place.name}</h3>
        {place.is_open !== null && (
          <span class={`badge ${place.is_open ? "good" : "plain"}`}>
            {place.is_open ? words.map.open : words.map.closed}
          </span>
        )}
      </div>
      <p class="quiet small">
        {[
          words.store[place.store_category],
          place.distance_km === null ? "" : fill(words.map.km, { n: place.distance_km.toFixed(1) }),
          place.is_holiday
            ? words.map.holiday
            : from && to
              ? fill(words.map.hours, { from, to })
              : "",
        ]
          .filter(Boolean)
          .join(" · ")}
      </p>
      {place.road_address && <p lang={answerLanguage}>{place.road_address}</p>}
      {place.pickup_categories.length > 0 && (
        <ul class="tags">
          {place.pickup_categories.map((one) => (
            <li key={one}>{words.pickup[one]}</li>
          ))}
        </ul>
      )}
      {(place.phone || place.place_url) && (
        <p class="row">
          {place.phone && (
            <a class="button small-button" href={`tel:${place.phone}`}>
              <Icon name="phone" />
              {words.map.call}
            </a>
          )}
          {place.place_url && (
            <a class="button small-button" href={place.place_url} rel="noreferrer" target="_blank">
              <Icon name="link" />
              {words.map.site}
            </a>
          )}
        </p>
      )}
    </li>
  );
}
