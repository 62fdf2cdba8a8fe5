import { PICKUP_CATEGORIES, STORE_CATEGORIES } from "#lib/contract/places/category.ts";
import { readHours, toMultirange } from "#lib/contract/places/read-hours.ts";
import { openPostgres } from "#lib/testing/open-postgres.ts";
import { startChild } from "../harness/child.ts";
import type { BenchContext } from "./bench.ts";
import { metered, type ProcessGroup } from "./meter.ts";
import type { PlacesPlan, PlacesReport } from "./places-load.ts";
import { startService } from "./servers.ts";

export type PlacesRun = Awaited<ReturnType<typeof measurePlaces>>;
export type Asked = PlacesRun["database"];

/** Questions at once: as many as a process has connections, and twice that over HTTP. */
const databaseAtOnce = 8;
const httpAtOnce = 16;

const openings = ["24시간", "평일 09:00~18:00, 토 09:00~13:00", "매일 10:00~22:00"]
  .map((hours) => `'${toMultirange(readHours(hours) ?? [])}'::int4multirange`)
  .concat("null");

/**
 * Fills the table with places all over Korea, seven in ten of them around 60 towns, of random categories and hours. Its
 * indexes are made afterwards, two at a time, and nothing of it is logged: that is the same to who reads.
 */
export async function fillPlaces({ urls, report }: BenchContext, count: number): Promise<void> {
  await using sql = openPostgres(urls);
  // Kept aside: a run that was interrupted has left none to read.
  await sql`create table if not exists location.bench_indexes as
    select relname as name, pg_get_indexdef(indexrelid) as definition
    from pg_index join pg_class on pg_class.oid = indexrelid
    where indrelid = 'location.centers'::regclass and not indisunique`;
  const indexes = await sql<{ name: string; definition: string; is_there: boolean }[]>`
    select name, definition, to_regclass('location.' || name) is not null as is_there
    from location.bench_indexes order by name`;
  const [existing] = await sql`select count(*)::int as places from location.centers`;
  if (existing?.places === count && indexes.every(({ is_there }) => is_there)) return;
  report(`making ${count.toLocaleString("en")} places`);
  await sql`truncate location.centers`;
  for (const { name } of indexes) await sql.unsafe(`drop index if exists location.${name}`);
  await sql`select setseed(0.5)`;
  await sql`alter table location.centers set unlogged`;
  await sql.unsafe(fillStatement(count));
  report("making its indexes");
  const left = indexes.map(({ definition }) => definition);
  const build = async (): Promise<void> => {
    await using own = openPostgres(urls);
    await own`set maintenance_work_mem = '256MB'`;
    for (let next = left.shift(); next; next = left.shift()) await own.unsafe(next);
  };
  await Promise.all([build(), build()]);
  await sql`vacuum analyze location.centers`;
}

/** Neighbours are rows of one page, as after an import that goes through the country district by district. */
function fillStatement(count: number): string {
  const random = (values: readonly string[]) =>
    `(array[${values.join(", ")}])[1 + floor(random() * ${values.length})]`;
  const stores = STORE_CATEGORIES.map((name) => `'${name}'`);
  const pickups = PICKUP_CATEGORIES.map((name) => `'${name}'`);
  return `
    with towns as materialized (
      select n, 34.5 + random() * 3.5 as north, 126.6 + random() * 2.6 as east from generate_series(0, 59) as n),
    spots as materialized (
      select i, random() < 0.7 as is_town, floor(random() * 60)::int as town, sqrt(random()) * 0.12 as far,
        random() * 2 * pi() as angle, random() as a, random() as b
      from generate_series(1, ${count}) as i),
    places as materialized (
      select i, case when is_town then north + far * sin(angle) else 34.3 + a * 4 end as latitude,
        case when is_town then east + far * cos(angle) else 126.3 + b * 3.2 end as longitude
      from spots join towns on n = town)
    insert into location.centers (source, source_pk, name, road_address, latitude, longitude, point,
      store_category, pickup_categories, opening, search_key, search_bigrams)
    select 'bench', i::text, '수거함 ' || i, '길 ' || i, latitude, longitude,
      cube(array[6371.0088 * cos(radians(latitude)) * cos(radians(longitude)),
        6371.0088 * cos(radians(latitude)) * sin(radians(longitude)), 6371.0088 * sin(radians(latitude))]),
      ${random(stores)}, array[${random(pickups)}, ${random(pickups)}, ${random(pickups)}],
      ${random(openings)}, '수거함' || i || ' 길' || i, array['수거', '거함', '길' || i % 10]
    from places order by floor(latitude * 20), floor(longitude * 20)`;
}

/** One run: by the service's own query, then through its process over HTTP. */
export async function measurePlaces(context: BenchContext, queries: number) {
  const database = await ask(context, { target: "database", atOnce: databaseAtOnce, queries });
  await using server = startService("location", context.urls);
  await server.ready();
  const plan = { target: server.origin, atOnce: httpAtOnce, queries };
  const http = await ask(context, plan, [server]);
  return { database, http };
}

async function ask(
  { urls, services }: BenchContext,
  plan: PlacesPlan,
  servers: readonly ProcessGroup[] = [],
) {
  await using child = startChild<PlacesPlan, PlacesReport>("infra/bench/places-load.ts", urls);
  // Statements are prepared, and pages read, by then.
  await child.ask({ ...plan, queries: Math.ceil(plan.queries / 4) });
  const groups = [...servers, { name: "load", pid: child.pid }, ...services];
  const [report, usage] = await metered(groups, () => child.ask(plan));
  return { ...report, units: plan.queries, usage, perS: plan.queries / report.seconds };
}
