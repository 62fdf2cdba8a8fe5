import { fill } from "../words/words.ts";
import { fitMap, type Point, spread } from "./map-scale.ts";
import { words } from "./page-words.ts";
import type { Place } from "./place-item.tsx";

const size = 480;
const margin = 48;
const pinDistance = 30;
const lines = [1, 2, 3, 4, 5].map((i) => (size / 6) * i);
/** Pins with a number; more would lie on one another. */
const pinsMax = 30;

/** What a place is called in the list and on the map. */
export const markOf = (index: number): string => String(index + 1);

/** The places themselves, drawn to scale: no tiles, so nobody else learns where the user looks. */
export function PlaceMap({ places, me }: { places: readonly Place[]; me: Point | undefined }) {
  const pins = places
    .slice(0, pinsMax)
    .map((place) => ({ place, at: { lat: place.latitude, lon: place.longitude } }));
  const scale = fitMap([...pins.map(({ at }) => at), ...(me ? [me] : [])], size, margin);
  const here = me && scale.place(me);
  const spots = spread(
    pins.map(({ at }) => scale.place(at)),
    pinDistance,
  );
  return (
    <section class="card map">
      <svg viewBox={`0 0 ${size} ${size}`}>
        <title>{words.map.map}</title>
        {lines.map((at) => (
          <path key={at} class="grid" d={`M${at} 0V${size}M0 ${at}H${size}`} />
        ))}
        <text x={size - 16} y="24" text-anchor="end">
          ↑ {words.map.north}
        </text>
        <path class="scale" d={`M16 ${size - 16}h${scale.bar.length}`} />
        <text x="16" y={size - 24}>
          {fill(words.map.km, { n: scale.bar.km })}
        </text>
        {here && (
          <circle class="me" cx={here.x} cy={here.y} r="9">
            <title>{words.map.me}</title>
          </circle>
        )}
        {pins.map(({ place, at }, i) => {
          const { x, y } = spots[i] ?? scale.place(at);
          return (
            <a key={place.id} href={`#place-${place.id}`} aria-label={`${markOf(i)} ${place.name}`}>
              <circle cx={x} cy={y} r="14" />
              <text x={x} y={y + 4.5} text-anchor="middle">
                {markOf(i)}
              </text>
            </a>
          );
        })}
      </svg>
      <p class="quiet small">{words.map.mapNote}</p>
    </section>
  );
}
