import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { and, eq, like, sql } from "drizzle-orm";
import type { OwnershipGrant } from "#lib/contract/character-message.ts";
import { connectDatabase, type Database } from "#lib/db/client.ts";
import { migrate } from "#lib/db/migrate.ts";
import { characterOwnerships, uploads, userCharacters } from "#lib/db/schema.ts";
import { ownershipGrant } from "#lib/testing/ownership-grant.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import {
  createOwnershipReader,
  createOwnershipWriter,
  createUploadHashReader,
  createUserCharacterWriter,
} from "./postgres.ts";

let database: Database;
beforeAll(async () => {
  await migrate(serviceUrls.DATABASE_URL);
  database = await connectDatabase(serviceUrls.DATABASE_URL);
}, 30_000);
afterAll(() => database?.close());

const newUser = () => `user-${crypto.randomUUID()}`;
const grant = (user_id: string, change: Partial<OwnershipGrant> = {}) =>
  ownershipGrant({ user_id, ...change });
const ownershipsOf = (userId: string) =>
  database.call((db) =>
    db.select().from(characterOwnerships).where(eq(characterOwnerships.userId, userId)),
  );
const collectionOf = (userId: string) =>
  database.call((db) => db.select().from(userCharacters).where(eq(userCharacters.userId, userId)));
/** How many transactions wrote the rows of users that begin so. */
async function transactions(
  table: typeof characterOwnerships | typeof userCharacters,
  users: string,
) {
  const xmin = sql<string>`count(distinct ${table}.xmin::text)`;
  const [row] = await database.call((db) =>
    db
      .select({ xmin, rows: sql<string>`count(*)` })
      .from(table)
      .where(like(table.userId, `${users}%`)),
  );
  return { transactions: Number(row?.xmin), rows: Number(row?.rows) };
}
/** What no b-tree takes: the row is the fault, not the database. */
const tooLong = () =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(12_000))).toString("base64");

describe("saving an ownership", () => {
  test("leaves one row of many grants at once, by two writers, and each of them succeeds", async () => {
    const user = newUser();
    const [one, two] = [createOwnershipWriter(database), createOwnershipWriter(database)];
    const grants = Array.from({ length: 100 }, () => grant(user));
    await Promise.all(grants.map((each, i) => (i % 2 ? one(each) : two(each))));
    const rows = await ownershipsOf(user);
    expect(rows).toHaveLength(1);
    expect(grants.map(({ job_id }) => job_id)).toContain(rows[0]?.jobId ?? "");
  });

  test("keeps the first job's grant, in the same batch and in a later one", async () => {
    const user = newUser();
    const save = createOwnershipWriter(database);
    const first = grant(user);
    await Promise.all([save(first), save(grant(user, { granted_at: 1 }))]);
    await save(grant(user, { granted_at: 2 }));
    const rows = await ownershipsOf(user);
    expect(rows.map(({ jobId, acquiredAt }) => [jobId, acquiredAt])).toEqual([
      [first.job_id, new Date(first.granted_at)],
    ]);
  });

  test("writes what waits together: 120 grants at once are three transactions", async () => {
    const users = newUser();
    const save = createOwnershipWriter(database);
    await Promise.all(Array.from({ length: 120 }, (_, i) => save(grant(`${users}-${i}`))));
    expect(await transactions(characterOwnerships, users)).toEqual({ transactions: 3, rows: 120 });
  });

  test.each<[string, () => Partial<OwnershipGrant>]>([
    ["whose time is no time", () => ({ granted_at: 1e18 })],
    ["too large for the index", () => ({ user_id: tooLong() })],
  ])("refuses a row %s, and its neighbours are saved", async (_, bad) => {
    const user = newUser();
    const save = createOwnershipWriter(database);
    const outcomes = await Promise.allSettled([
      save(grant(user, { character_code: "char-a" })),
      save(grant(user, { character_code: "char-bad", ...bad() })),
      save(grant(user, { character_code: "char-b" })),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    // A bug of the row, not of the database: it must end in the dead letters, not wait for ever.
    expect(outcomes[1]).not.toMatchObject({ reason: { code: "UNAVAILABLE" } });
    const codes = (await ownershipsOf(user)).map(({ characterCode }) => characterCode);
    expect(codes.toSorted()).toEqual(["char-a", "char-b"]);
  });

  test("by two writers of the same rows never deadlocks: each waits for the other", async () => {
    const writers = [createOwnershipWriter(database), createOwnershipWriter(database)];
    // A deadlock is found by PostgreSQL, and one of the two is told.
    for (let round = 0; round < 20; round++) {
      const grants = Array.from({ length: 50 }, () => grant(newUser()));
      const orders = [grants, grants.toReversed()];
      await Promise.all(writers.flatMap((save, i) => orders[i]?.map(save)));
    }
  }, 30_000);

  test("tells all who ask at once, each about its own, and one that cannot be asked fails alone", async () => {
    const { ofUser } = createOwnershipReader(database);
    const grants = Array.from({ length: 120 }, () => grant(newUser()));
    const save = createOwnershipWriter(database);
    const owned = grants.filter((_, i) => i % 3 > 0);
    await Promise.all(owned.map(save));
    const asked = [...grants.slice(0, 60), grant("\u0000"), ...grants.slice(60), ...owned];
    const told = await Promise.allSettled(asked.map((one) => ofUser(one.user_id)));
    const jobs = told.map((one) =>
      one.status === "fulfilled" ? one.value.map(({ jobId }) => jobId).join() : one.status,
    );
    const expected = asked.map((one) => (owned.includes(one) ? one.job_id : ""));
    expect(jobs).toEqual(expected.with(60, "rejected"));
  });

  test("tells afterwards which job granted what, and which photo earned it", async () => {
    const { ofUser } = createOwnershipReader(database);
    const [user, neighbour] = [newUser(), newUser()];
    expect(await ofUser(user)).toEqual([]);
    const save = createOwnershipWriter(database);
    const first = grant(user, { photo: "1b8610ea59d0cf80" });
    await Promise.all([
      save(first),
      save(grant(user, { character_code: "char-eco" })),
      save(grant(neighbour, { photo: "abebf831c1cd1002" })),
    ]);
    const eco = and(
      eq(characterOwnerships.userId, user),
      eq(characterOwnerships.characterCode, "char-eco"),
    );
    await database.call((db) => db.update(characterOwnerships).set({ jobId: null }).where(eco));
    expect((await ofUser(user)).toSorted((a, b) => b.code.localeCompare(a.code))).toEqual([
      { code: "char-petty", jobId: first.job_id, photo: "1b8610ea59d0cf80" },
      { code: "char-eco", jobId: null, photo: null },
    ]);
  });
});

test("the hashes of uploads are told to all who ask at once; an unknown one has none", async () => {
  const hashOf = createUploadHashReader(database);
  const [hashed, large, ownerless] = [`scan.${newUser()}`, `scan.${newUser()}`, newUser()];
  const [userId, photoHash] = [newUser(), "1b8610ea59d0cf80"];
  const rows = [
    { key: hashed, userId, photoHash },
    { key: large, userId },
    { key: ownerless, photoHash },
  ];
  await database.call((db) => db.insert(uploads).values(rows));
  expect(await Promise.all([hashed, large, ownerless, "unknown", hashed].map(hashOf))).toEqual([
    photoHash,
    undefined,
    undefined,
    undefined,
    photoHash,
  ]);
});

describe("saving a character into a user's collection", () => {
  test("leaves one row of many grants at once, by two writers", async () => {
    const user = newUser();
    const [one, two] = [createUserCharacterWriter(database), createUserCharacterWriter(database)];
    const grants = Array.from({ length: 100 }, () => grant(user));
    await Promise.all(grants.map((each, i) => (i % 2 ? one(each) : two(each))));
    expect(await collectionOf(user)).toMatchObject([{ characterCode: "char-petty" }]);
  });

  test("follows the newest name, and keeps the day it was first earned", async () => {
    const user = newUser();
    const save = createUserCharacterWriter(database);
    await save(grant(user, { granted_at: 1_000 }));
    const [before] = await collectionOf(user);
    await save(grant(user, { character_name: "새 페티", granted_at: 2_000 }));
    const [after] = await collectionOf(user);
    expect([after?.characterName, after?.acquiredAt]).toEqual(["새 페티", new Date(1_000)]);
    expect(after?.updatedAt.getTime()).toBeGreaterThan(before?.updatedAt.getTime() ?? 0);
  });

  test("writes what waits together, several grants of one character included", async () => {
    const users = newUser();
    const save = createUserCharacterWriter(database);
    const grants = Array.from({ length: 130 }, (_, i) => grant(`${users}-${i % 20}`));
    await Promise.all(grants.map(save));
    const { transactions: written, rows } = await transactions(userCharacters, users);
    expect(rows).toBe(20);
    expect(written).toBeLessThanOrEqual(3);
  });

  test("refuses a row that cannot be stored, and its neighbours are saved", async () => {
    const user = newUser();
    const save = createUserCharacterWriter(database);
    const outcomes = await Promise.allSettled([
      save(grant(tooLong())),
      save(grant(user, { character_name: "\u0000" })),
      save(grant(user)),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "fulfilled"]);
    expect(await collectionOf(user)).toMatchObject([{ characterName: "페티" }]);
  });
});
