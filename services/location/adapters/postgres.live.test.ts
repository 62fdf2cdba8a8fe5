import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { sql } from "drizzle-orm";
import * as v from "valibot";
import { PICKUP_CATEGORIES, STORE_CATEGORIES } from "#lib/contract/places/category.ts";
import { daySlots } from "#lib/contract/places/day-slots.ts";
import { distanceKm } from "#lib/contract/places/earth.ts";
import { Place } from "#lib/contract/places/place.ts";
import { readHours } from "#lib/contract/places/read-hours.ts";
import { connectDatabase, type Database } from "#lib/db/client.ts";
import { migrate } from "#lib/db/migrate.ts";
import { writePlaces } from "#lib/place-store/write-places.ts";
import { createRandom } from "#lib/testing/random.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { createCenterStore } from "./postgres.ts";

/** Where no other test has a place. */
const middle = { latitude: 38.9, longitude: 131.9 };
const source = `test-${crypto.randomUUID()}`;
/** A Tuesday, 11:00 in Korea. */
const now = Date.parse("2027-03-16T11:00:00+09:00");
const anything = { now, limit: 100, stores: undefined, pickups: undefined, openNow: false };

let database: Database;
let store: ReturnType<typeof createCenterStore>;
let places: Place[];

beforeAll(async () => {
  await migrate(serviceUrls.DATABASE_URL);
  database = await connectDatabase(serviceUrls.DATABASE_URL);
  store = createCenterStore(database);
  const dice = createRandom("places");
  places = Array.from({ length: 400 }, (_, i) => ({
    source_pk: String(i),
    name: `별빛 ${i}호점`,
    road_address: `먼바다로 ${i}`,
    latitude: middle.latitude + (dice.int(0, 2_000) - 1_000) / 12_000,
    longitude: middle.longitude + (dice.int(0, 2_000) - 1_000) / 12_000,
    store_category: i % 5 === 0 ? "market_mart" : "public_dropbox",
    pickup_categories: i % 3 === 0 ? ["can", "glass"] : ["textile"],
    hours: i % 2 === 0 ? "매일 10:00~20:00" : i % 4 === 1 ? "18:00~02:00" : null,
    phone: null,
    place_url: null,
  }));
  await write(places);
}, 60_000);

afterAll(async () => {
  await database?.call((db) =>
    db.execute(sql`delete from location.centers where source = ${source}`),
  );
  await database?.close();
});

const write = (rows: readonly Place[]) =>
  database.call((db) => db.transaction((tx) => writePlaces(tx, source, rows)));

/** What a search without any index finds. */
function expected(radius: number, isWanted: (place: Place, i: number) => boolean, limit = 100) {
  return places
    .filter(isWanted)
    .map((place) => ({ name: place.name, km: distanceKm(middle, place) }))
    .filter(({ km }) => km * 1_000 <= radius)
    .toSorted((a, b) => a.km - b.km)
    .slice(0, limit);
}

describe("the nearest places", () => {
  test("are those a search of all finds, in its order, and their distances are true", async () => {
    for (const radius of [500, 3_000, 20_000]) {
      const found = await store.nearest(middle, { ...anything, radius });
      const wanted = expected(radius, () => true);
      expect(found.map(({ name }) => name)).toEqual(wanted.map(({ name }) => name));
      for (const [i, { distance_km }] of found.entries()) {
        expect(Math.abs(Number(distance_km) - Number(wanted[i]?.km))).toBeLessThan(0.001);
      }
    }
  });

  test("are filtered before they are limited: with a limit of 3, three that pass", async () => {
    const radius = 20_000;
    const cans = (place: Place) => place.pickup_categories.includes("can");
    const market = (place: Place) => place.store_category === "market_mart";
    const daily = (place: Place) => place.hours === "매일 10:00~20:00";
    const names = async (question: Partial<Parameters<typeof store.nearest>[1]>) =>
      (await store.nearest(middle, { ...anything, radius, limit: 3, ...question })).map(
        ({ name }) => name,
      );
    const of = (isWanted: (place: Place) => boolean) =>
      expected(radius, isWanted, 3).map(({ name }) => name);
    expect(await names({ pickups: ["can"] })).toEqual(of(cans));
    expect(await names({ pickups: ["can", "paper"] })).toEqual(of(cans));
    expect(await names({ stores: ["market_mart"] })).toEqual(of(market));
    expect(await names({ stores: ["lodging", "market_mart"] })).toEqual(of(market));
    expect(await names({ openNow: true })).toEqual(of(daily));
    const all = (place: Place) => cans(place) && market(place) && daily(place);
    expect(await names({ stores: ["market_mart"], pickups: ["can"], openNow: true })).toEqual(
      of(all),
    );
    expect(await names({ stores: ["lodging"] })).toEqual([]);
  });

  test("are those a search of all finds, by any filters together, at any time", async () => {
    const dice = createRandom("filters");
    const some = <T>(list: readonly T[]) =>
      dice.chance(0.4) ? undefined : [dice.pick(list), dice.pick(list)].slice(dice.int(0, 1));
    for (let i = 0; i < 60; i++) {
      const stores = some(STORE_CATEGORIES.filter((name) => /market|public|lodging/.test(name)));
      const pickups = some(PICKUP_CATEGORIES.filter((name) => /can|textile|paper/.test(name)));
      const [openNow, limit, at] = [dice.chance(0.5), dice.int(1, 60), now + i * 1_000_000];
      const { now: minutes } = daySlots(at);
      const isOpen = ({ hours }: Place) =>
        minutes.some((minute) =>
          readHours(hours ?? "")?.some(([from, before]) => from <= minute && minute < before),
        );
      const isWanted = (place: Place) =>
        (!stores || stores.includes(place.store_category)) &&
        (!pickups || pickups.some((name) => place.pickup_categories.includes(name))) &&
        (!openNow || isOpen(place));
      const filter = { stores, pickups, openNow, limit, now: at };
      const found = await store.nearest(middle, { ...filter, radius: 9_000 });
      const wanted = expected(9_000, isWanted, limit);
      expect(found.map(({ name }) => name)).toEqual(wanted.map(({ name }) => name));
    }
  });

  test("are open after midnight by the hours of the day before", async () => {
    const radius = 20_000;
    const night = Date.parse("2027-03-16T01:59:00+09:00");
    const open = await store.nearest(middle, { ...anything, radius, openNow: true, now: night });
    const late = (place: Place) => place.hours === "18:00~02:00";
    expect(open.map(({ name }) => name)).toEqual(expected(radius, late).map(({ name }) => name));
    for (const center of open) {
      expect([center.is_open, center.start_time, center.end_time]).toEqual([
        true,
        "18:00",
        "02:00",
      ]);
    }
    const closing = night + 60_000;
    expect(
      await store.nearest(middle, { ...anything, radius, openNow: true, now: closing }),
    ).toEqual([]);
  });

  test("of one category come through its own index, in order of distance", async () => {
    const { text, values } = await planOf({ pickups: ["can"] });
    const plan = await database.call((db) => db.$client.unsafe(`explain ${text}`, values));
    const lines = plan.map((row) => row["QUERY PLAN"]).join("\n");
    expect(lines).toContain("Index Scan using centers_point_takes_can");
    expect(lines).not.toContain("Sort");
  });

  test("that are open as well, by one plan for all positions, which goes the same way", async () => {
    const { text, values } = await planOf({ pickups: ["can"], openNow: true });
    const given = values.map((value) => `'${String(value)}'`).join(", ");
    const plan = await database.call((db) =>
      db.$client.begin(async (tx) => {
        await tx.unsafe("set local plan_cache_mode = force_generic_plan");
        await tx.unsafe(`prepare nearest as ${text}`);
        const lines = await tx.unsafe(`explain execute nearest(${given})`);
        await tx.unsafe("deallocate nearest");
        return lines.map((row) => row["QUERY PLAN"]).join("\n");
      }),
    );
    expect(plan).toContain("Index Scan using centers_point_takes_can");
    expect(plan).not.toContain("Sort");
  });

  /** The statement of a question, as it is sent. */
  async function planOf(question: Partial<Parameters<typeof store.nearest>[1]>) {
    const sent: { text: string; values: never[] }[] = [];
    const client = {
      unsafe: (text: string, values: never[]) => {
        sent.push({ text, values });
        return [];
      },
    };
    const spy = createCenterStore({
      ...database,
      call: (query) => database.call((db) => query(new Proxy(db, { get: () => client }))),
    });
    await spy.nearest(middle, { ...anything, radius: 5_000, ...question });
    return sent[0] ?? { text: "", values: [] };
  }
});

describe("a place, whatever its texts are", () => {
  const island = { latitude: 38.1, longitude: 131.1 };
  const full = {
    name: '여백 {a,b} "c" \\n 🍀',
    source,
    road_address: "외딴 섬길 1",
    ...island,
    store_category: "cafe_bakery",
    pickup_categories: ["can", "glass"],
    is_open: false,
    is_holiday: false,
    start_time: "18:00",
    end_time: "02:00",
    phone: "02-1",
    place_url: "https://a.test/?b=1",
  } as const;
  const unknown = { is_open: null, is_holiday: null, start_time: null, end_time: null };
  const bare = {
    ...{ name: "여백 둘", source, road_address: null, ...island, latitude: island.latitude + 0.01 },
    ...{ store_category: "general", pickup_categories: [], ...unknown },
    ...{ phone: null, place_url: null },
  } as const;
  const nowhere = { distance_km: null, distance_text: null };
  const written = [
    { ...full, source_pk: "full", name: `\x1f${full.name}\x1e`, road_address: "외딴\t섬길\x1f 1" },
    { ...bare, source_pk: "bare" },
  ].map((place, i) => v.parse(Place, { ...place, hours: i === 0 ? "매일 18:00~02:00" : null }));

  beforeAll(async () => {
    await write(written);
  });

  test("is read as it was written, each way there is", async () => {
    const found = await store.nearest(island, { ...anything, radius: 5_000 });
    const ids = found.map(({ id }) => id);
    const there = [
      { ...full, id: ids[0], distance_km: 0, distance_text: "0m" },
      { ...bare, id: ids[1], distance_km: 1.112, distance_text: "1.1km" },
    ];
    expect<unknown>(found).toEqual(there);
    const map = await store.onMap(island, { ...anything, radius: 5_000, cellMetres: 40 });
    expect<unknown>(map).toEqual({ centers: there, clusters: [] });
    const near = { now, limit: 10, at: island };
    expect<unknown>(await store.containing(["여백"], near)).toEqual(there);
    const alone = there.map((place) => ({ ...place, ...nowhere }));
    expect<unknown>(await store.center(ids[0] ?? "", now)).toEqual(alone[0]);
    expect<unknown>(await store.beginning("여백둘", near)).toEqual([alone[1]]);
  });
});

describe("a map", () => {
  test("shows every place once, alone or in a cluster, and no cell twice", async () => {
    const radius = 20_000;
    for (const cellMetres of [40, 640, 10_240]) {
      const question = { ...anything, radius, limit: 1_000, cellMetres };
      const { centers, clusters } = await store.onMap(middle, question);
      const together = clusters.reduce((sum, { count }) => sum + count, 0);
      expect(centers.length + together).toBe(expected(radius, () => true, 1_000).length);
      expect(clusters.every(({ count }) => count > 1)).toBe(true);
    }
  });
});

describe("a search", () => {
  const here = { now, limit: 10, at: undefined };
  const namesOf = (found: readonly { name: string }[]) => found.map(({ name }) => name);

  test("finds all words in name and address, however they are spaced and composed", async () => {
    expect(namesOf(await store.containing(["별빛17호"], here))).toEqual(["별빛 17호점"]);
    expect(namesOf(await store.containing(["빛17호", "먼바다로17"], here))).toEqual([
      "별빛 17호점",
    ]);
    expect(await store.containing(["17호점", "강남"], here)).toEqual([]);
  });

  test("has the nearest first where it has a position, across the whole country", async () => {
    const [first, ...others] = await store.containing(["별빛"], { ...here, at: middle });
    expect(first?.name).toBe(expected(20_000, () => true)[0]?.name);
    expect(others).toHaveLength(9);
    expect(Number(others.at(-1)?.distance_km)).toBeGreaterThan(Number(first?.distance_km));
  });

  test("suggests what begins so, and reads one by its id", async () => {
    const [one] = await store.beginning("별빛123", here);
    expect(one?.name).toBe("별빛 123호점");
    expect(await store.center(one?.id ?? "", now)).toEqual(one);
    expect(await store.center("999999999999999", now)).toBeUndefined();
  });
});

test("a place that is written again says what is new, and what says nothing new is left alone", async () => {
  expect(await write(places)).toEqual({ added: 0, changed: 0 });
  const [first, ...others] = places;
  if (!first) throw new Error("no places");
  const renamed = { ...first, name: "새벽 호점" };
  expect(await write([renamed, ...others])).toEqual({ added: 0, changed: 1 });
  expect(await store.beginning("새벽호", { now, limit: 1 })).toHaveLength(1);
  expect(await write([first])).toEqual({ added: 0, changed: 1 });
});

test("the sample is there, says that it is made up, and has hours", async () => {
  const found = await store.containing(["예시"], { now, limit: 30, at: undefined });
  expect(found.length).toBeGreaterThan(5);
  expect(new Set(found.map((center) => center.source))).toEqual(new Set(["sample"]));
  const dropbox = found.find(({ name }) => name.startsWith("세종로"));
  expect([dropbox?.is_open, dropbox?.start_time, dropbox?.end_time]).toEqual([
    true,
    "00:00",
    "24:00",
  ]);
});
