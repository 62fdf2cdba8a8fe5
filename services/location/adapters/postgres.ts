import { type Position, toCube } from "#lib/contract/places/earth.ts";
import { bigrams } from "#lib/contract/places/search-key.ts";
import type { Database } from "#lib/db/client.ts";
import { centerText, slotParameters, toCenter } from "#lib/place-store/center-text.ts";
import { centersWithin, nearestCenters } from "#lib/place-store/nearest-centers.ts";
import type { CentersOnMap, Cluster } from "../center-query.ts";
import type { FindCentersDeps } from "../find-centers.ts";
import type { ReadCenterDeps } from "../read-center.ts";
import type { SearchCentersDeps } from "../search-centers.ts";

type Store = Omit<FindCentersDeps & SearchCentersDeps & ReadCenterDeps, "clock">;

export function createCenterStore(database: Database): Store {
  return {
    nearest: (at, question) => nearestCenters(database, at, question),
    onMap: (at, question) => centersOnMap(database, at, question),
    containing: (words, { at, now, limit }) => {
      const parameters = slotParameters(now);
      const where = words.map((word) => `search_key like $${parameters.push(`%${word}%`)}`);
      const pairs = words.flatMap(bigrams);
      if (pairs.length > 0)
        where.push(`search_bigrams @> $${parameters.push(`{${pairs}}`)}::text[]`);
      const chord = at && `point <-> $${parameters.push(toCube(at))}::cube`;
      return select(database, { where, chord, order: chord ?? "search_key", limit }, parameters);
    },
    beginning: (key, { now, limit }) => {
      const parameters = [...slotParameters(now), `${key}%`];
      const where = ["search_key like $4"];
      return select(database, { where, order: "search_key", limit }, parameters);
    },
    center: async (id, now) => {
      const parameters = [...slotParameters(now), id];
      const one = { where: ["id = $4::bigint"], order: "id", limit: 1 };
      const [center] = await select(database, one, parameters);
      return center;
    },
  };
}

interface Selection {
  readonly where: readonly string[];
  readonly order: string;
  readonly limit: number;
  /** The distance to a position, where there is one. */
  readonly chord?: string | undefined;
}

/** Planned with its values: how common a word is decides whether the order or the words come first. */
async function select(
  { call }: Pick<Database, "call">,
  { where, order, limit, chord }: Selection,
  parameters: (string | number)[],
) {
  const text = `select ${centerText(chord)} as place from location.centers
    where ${where.join(" and ")} order by ${order} limit ${limit}`;
  const rows = await call((db) => db.$client.unsafe<{ place: string }[]>(text, parameters));
  return rows.map(({ place }) => toCenter(place));
}

type Question = Parameters<FindCentersDeps["onMap"]>[1];

interface CellRow {
  readonly place: string;
  readonly count: number;
  readonly middle_latitude: number;
  readonly middle_longitude: number;
}

const metresOfDegree = 111_320;
/** Of the middle of Korea: the same everywhere, so that the grid stays where it is while a map moves. */
const eastShrinks = Math.cos((36.5 * Math.PI) / 180);

/** Nearest first, what is alone and what is not together: the limit is for both. */
async function centersOnMap(
  { call }: Pick<Database, "call">,
  at: Position,
  { cellMetres, limit, now, ...filter }: Question,
): Promise<CentersOnMap> {
  const { where, parameters } = centersWithin(at, filter, now);
  const next = parameters.length + 1;
  const north = cellMetres / metresOfDegree;
  const text = `with cells as (
      select count(*)::int as count, min(id) as first, min(point <-> $4::cube) as chord,
        avg(latitude) as middle_latitude, avg(longitude) as middle_longitude
      from location.centers where ${where}
      group by floor(latitude / $${next}::float8), floor(longitude / $${next + 1}::float8)
      order by chord limit $${next + 2}::int)
    select ${centerText("chord")} as place, count, middle_latitude, middle_longitude
    from cells join location.centers on id = first order by chord`;
  const values = [...parameters, north, north / eastShrinks, limit];
  const rows = await call((db) => db.$client.unsafe<CellRow[]>(text, values, { prepare: true }));
  return {
    centers: rows.filter(({ count }) => count === 1).map(({ place }) => toCenter(place)),
    clusters: rows.filter(({ count }) => count > 1).map(toCluster),
  };
}

function toCluster({ count, middle_latitude, middle_longitude }: CellRow): Cluster {
  return { latitude: middle_latitude, longitude: middle_longitude, count };
}
