import { afterAll, beforeAll, expect, test } from "bun:test";
import { connectDatabase, type Database } from "#lib/db/client.ts";
import { migrate } from "#lib/db/migrate.ts";
import { scans, userCharacters } from "#lib/db/schema.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { petAnswer, petVision } from "../scan-fixture.ts";
import { createOwnFacts } from "./own-facts.ts";

let database: Database;
beforeAll(async () => {
  await migrate(serviceUrls.DATABASE_URL);
  database = await connectDatabase(serviceUrls.DATABASE_URL);
}, 30_000);
afterAll(() => database?.close());

const { signal } = new AbortController();
const newUser = () => `user-${crypto.randomUUID()}`;

async function saveScan(
  userId: string,
  status: "completed" | "failed",
  vision: typeof petVision | null,
) {
  const jobId = Bun.randomUUIDv7();
  const now = new Date();
  const result = { status, vision, answer: petAnswer, reward: null, error: null };
  const row = { jobId, userId, status, result, model: "m", imageUrl: "", userInput: "" };
  await database.call((db) =>
    db.insert(scans).values({ ...row, submittedAt: now, finishedAt: now }),
  );
  return jobId;
}

test("a user's own scans are found, the latest first, and nobody else's", async () => {
  const [user, stranger] = [newUser(), newUser()];
  const first = await saveScan(user, "completed", petVision);
  await saveScan(user, "failed", null);
  const second = await saveScan(user, "completed", null);
  await saveScan(stranger, "completed", petVision);
  const found = await createOwnFacts(database).scansOf(user, 5, signal);
  expect(found).toEqual([
    { jobId: second, at: expect.any(Date), name: null, category: "미분류" },
    { jobId: first, at: expect.any(Date), name: "생수병", category: "무색페트병" },
  ]);
  expect(await createOwnFacts(database).scansOf(user, 1, signal)).toHaveLength(1);
});

test("a user's own characters have the catalogue's name, or the one they were granted under", async () => {
  const user = newUser();
  const acquiredAt = new Date("2026-11-20T12:00:00Z");
  const rows = [
    { userId: user, characterCode: "char-petty", characterName: "옛 페티", acquiredAt },
    { userId: user, characterCode: "char-gone", characterName: "떠난 친구", acquiredAt },
  ];
  await database.call((db) => db.insert(userCharacters).values(rows));
  const found = await createOwnFacts(database).collectionOf(user, signal);
  expect(found).toEqual([
    { code: "char-gone", name: "떠난 친구", acquiredAt },
    { code: "char-petty", name: "페티", acquiredAt },
  ]);
  expect(await createOwnFacts(database).collectionOf(newUser(), signal)).toEqual([]);
});
