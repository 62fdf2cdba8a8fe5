export interface Point {
  readonly lat: number;
  readonly lon: number;
}

/** Where points lie in a drawing, and how long a round distance is there. */
export interface MapScale {
  place(point: Point): { readonly x: number; readonly y: number };
  readonly bar: { readonly km: number; readonly length: number };
}

const kmOfDegree = 111.2;
/** Below it a map of one place would be a map of nothing. In km. */
const spanMin = 0.8;

/**
 * Fits points into a square drawing, north up. Over a city the earth is flat: a degree of longitude is as long as the
 * middle's latitude makes it.
 */
export function fitMap(points: readonly Point[], size: number, margin: number): MapScale {
  const [south, north] = range(points.map(({ lat }) => lat));
  const [west, east] = range(points.map(({ lon }) => lon));
  const middle = { lat: (south + north) / 2, lon: (west + east) / 2 };
  const kmOfLon = kmOfDegree * Math.cos((middle.lat * Math.PI) / 180);
  const span = Math.max((north - south) * kmOfDegree, (east - west) * kmOfLon, spanMin);
  const perKm = (size - 2 * margin) / span;
  const km = roundDistance(span / 3);
  return {
    place: ({ lat, lon }) => ({
      x: size / 2 + (lon - middle.lon) * kmOfLon * perKm,
      y: size / 2 - (lat - middle.lat) * kmOfDegree * perKm,
    }),
    bar: { km, length: km * perKm },
  };
}

interface Spot {
  readonly x: number;
  readonly y: number;
}

const rounds = 40;

/** Moves marks that would lie on one another apart, each as little as it takes. */
export function spread(spots: readonly Spot[], distance: number): Spot[] {
  const moved = spots.map(({ x, y }) => ({ x, y }));
  for (let round = 0; round < rounds; round++) {
    for (const [i, a] of moved.entries()) {
      for (const [j, b] of moved.entries()) {
        if (j <= i) continue;
        const [dx, dy] = [b.x - a.x, b.y - a.y];
        const gap = Math.hypot(dx, dy);
        if (gap >= distance) continue;
        // Of two in one spot, each goes where its number says: the same drawing comes every time.
        const angle = gap === 0 ? i + j : Math.atan2(dy, dx);
        const step = (distance - gap) / 2;
        a.x -= Math.cos(angle) * step;
        a.y -= Math.sin(angle) * step;
        b.x += Math.cos(angle) * step;
        b.y += Math.sin(angle) * step;
      }
    }
  }
  return moved;
}

function range(values: readonly number[]): [min: number, max: number] {
  return [Math.min(...values), Math.max(...values)];
}

/** The largest of 1, 2 and 5 by a power of ten that is no longer. */
function roundDistance(km: number): number {
  const power = 10 ** Math.floor(Math.log10(km));
  const digit = [5, 2, 1].find((one) => one * power <= km) ?? 1;
  return Number((digit * power).toPrecision(1));
}
