import { afterAll, beforeAll, expect, test } from "bun:test";
import { connectDatabase, type Database } from "#lib/db/client.ts";
import { migrate } from "#lib/db/migrate.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { createPlaceFinder } from "./places.ts";

let database: Database;
beforeAll(async () => {
  await migrate(serviceUrls.DATABASE_URL);
  database = await connectDatabase(serviceUrls.DATABASE_URL);
}, 30_000);
afterAll(() => database?.close());

const { signal } = new AbortController();
const noon = Date.parse("2026-11-30T12:00:00+09:00");
const find = (latitude: number, longitude: number, pickups: ("textile" | "clear_pet")[]) =>
  createPlaceFinder(database, { now: () => noon })(
    { latitude, longitude },
    { stores: [], pickups },
    signal,
  );

test("the places near somebody that take a thing are found, the nearest first", async () => {
  const [first, ...rest] = await find(37.5653, 126.9817, ["textile"]);
  expect(first).toEqual({
    id: expect.stringMatching(/^\d+$/),
    name: expect.stringContaining("의류수거함"),
    address: expect.stringContaining("서울특별시"),
    distance: "0m",
    isOpen: true,
    url: null,
  });
  expect(rest.length).toBeLessThan(5);
});

test("far from all of them there are none", async () => {
  expect(await find(0, 0, ["clear_pet"])).toEqual([]);
});
