import { afterAll, beforeAll, expect, test } from "bun:test";
import { connectDatabase, type Database } from "#lib/db/client.ts";
import { migrate } from "#lib/db/migrate.ts";
import { createResultStore } from "#lib/scan-store/result-store.ts";
import { petAnswer, petVision } from "#lib/testing/pet-bottle.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import type { HistoryFilter } from "../list-scans.ts";
import { createHistory } from "./postgres.ts";

let database: Database;
beforeAll(async () => {
  await migrate(serviceUrls.DATABASE_URL);
  database = await connectDatabase(serviceUrls.DATABASE_URL);
}, 30_000);
afterAll(() => database?.close());

const dayMs = 24 * 60 * 60 * 1_000;
const day = (n: number) => new Date(Date.UTC(2026, 0, n));
const user_id = `user-${crypto.randomUUID()}`;
const glass = {
  major_category: "재활용폐기물",
  middle_category: "유리병",
  minor_category: null,
} as const;

/** A scan that the user submitted at the beginning of this day of January. */
async function scanned(n: number, status: "completed" | "failed", classification?: typeof glass) {
  const job_id = Bun.randomUUIDv7("hex", day(n).getTime());
  const image_url = "https://cdn.example.com/a.jpg";
  const base = { job_id, user_id, image_url, user_input: `${n}`, model: "local" };
  const message = { ...base, submitted_at: day(n).getTime() };
  const { situation_tags } = petVision.content;
  const meta = { user_input: "", model: "local", estimate: true };
  const vision = classification ? { classification, situation_tags, meta } : null;
  const result = { status, vision, answer: petAnswer.content, reward: null, error: null };
  await createResultStore(database).saveResult({ message, epoch: 0 }, result, day(n).getTime());
}

test("a history is narrowed by status, by category of either level, and by time to the millisecond", async () => {
  await scanned(1, "completed", glass);
  await scanned(2, "failed");
  await scanned(3, "completed", glass);
  const days = async (filter: HistoryFilter) => {
    const found = await createHistory(database).finishedScans(
      user_id,
      { before: undefined, ...filter },
      10,
    );
    return found.map(({ userInput }) => Number(userInput));
  };
  expect(await days({})).toEqual([3, 2, 1]);
  expect(await days({ status: "failed" })).toEqual([2]);
  expect(await days({ category: "유리병" })).toEqual([3, 1]);
  expect(await days({ category: "재활용폐기물" })).toEqual([3, 1]);
  expect(await days({ category: "비닐류" })).toEqual([]);
  expect(await days({ from: day(2) })).toEqual([3, 2]);
  expect(await days({ from: new Date(day(2).getTime() + 1) })).toEqual([3]);
  expect(await days({ to: day(3) })).toEqual([2, 1]);
  expect(await days({ to: new Date(-dayMs) })).toEqual([]);
  expect(await days({ status: "completed", from: day(2), to: day(4) })).toEqual([3]);
});
