import { afterAll, beforeAll, expect, test } from "bun:test";
import { eq, sql } from "drizzle-orm";
import { connectDatabase, type Database } from "#lib/db/client.ts";
import { migrate } from "#lib/db/migrate.ts";
import { idHash } from "#lib/db/not-deleted.ts";
import { conversations, deletedAccounts, messages, scans, uploads } from "#lib/db/schema.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { createSigner } from "../signer.ts";
import type { SweepPosition, UsedUpload } from "../sweep-unused.ts";
import { createKey } from "../upload.ts";
import { createUploadRows, type UploadRows } from "./postgres.ts";

let database: Database;
let rows: UploadRows;
beforeAll(async () => {
  await migrate(serviceUrls.DATABASE_URL);
  database = await connectDatabase(serviceUrls.DATABASE_URL);
  rows = createUploadRows(database);
}, 30_000);
afterAll(() => database?.close());

const signer = createSigner("a secret of the tests");
const newKey = () => createKey(signer, "scan", "user-1");
const newUser = () => `user-${crypto.randomUUID()}`;
const rowOf = async (key: string) => {
  const [row] = await database.call((db) => db.select().from(uploads).where(eq(uploads.key, key)));
  return row;
};
const ownerless = async (keys: readonly string[]) => {
  const due = new Set(await rows.ownerless("", 10_000));
  return keys.filter((key) => due.has(key));
};
const set = (key: string, values: Partial<typeof uploads.$inferInsert>) =>
  database.call((db) => db.update(uploads).set(values).where(eq(uploads.key, key)));
/** What the deletion of an account does here. */
const leave = (userId: string) =>
  database.call((db) =>
    db.execute(sql`
      with orphaned as (update ${uploads} set user_id = null where user_id = ${userId})
      insert into ${deletedAccounts} (id_hash) values (${idHash(sql`${userId}::text`)})`),
  );
const agoMs = (ms: number) => new Date(Date.now() - ms);
const dayMs = 24 * 60 * 60_000;

test("an upload is its user's from the offer on, also one offered by the release before", async () => {
  const [key, older, userId] = [await newKey(), await newKey(), newUser()];
  await rows.add(key, userId);
  expect(await rowOf(key)).toMatchObject({ userId, confirmedAt: null });
  for (const one of [key, older, key])
    expect(await rows.confirm(one, userId, undefined)).toBe(true);
  expect(await rowOf(older)).toMatchObject({ userId, confirmedAt: expect.any(Date) });
  expect(await rows.confirm(key, newUser(), undefined)).toBe(false);
});

test("a photo has its hash until another one is confirmed under its key", async () => {
  const [key, userId] = [await newKey(), newUser()];
  const [one, other] = ["1b8610ea59d0cf80", "abebf831c1cd1002"];
  await rows.add(key, userId);
  const hashes: unknown[] = [];
  for (const hash of [one, one, other, other, one]) {
    await rows.confirm(key, userId, hash);
    hashes.push((await rowOf(key))?.photoHash);
  }
  expect(hashes).toEqual([one, one, null, null, null]);
  const large = await newKey();
  for (const hash of [undefined, one]) await rows.confirm(large, userId, hash);
  expect((await rowOf(large))?.photoHash).toBeNull();
});

test("what a deleted account has uploaded is to be removed at once, and once more when no write can come", async () => {
  const [drafted, confirmed, other] = [await newKey(), await newKey(), await newKey()];
  const [userId, neighbour] = [newUser(), newUser()];
  await rows.add(drafted, userId);
  await rows.confirm(confirmed, userId, undefined);
  await rows.add(other, neighbour);
  await leave(userId);
  const keys = [drafted, confirmed, other];
  expect(await ownerless(keys)).toEqual([drafted, confirmed]);
  expect(await rows.ownerless([drafted, confirmed].sort().at(-1) ?? "", 1)).not.toContain(drafted);
  expect((await rowOf(confirmed))?.userId).toBeNull();
  await rows.removed([drafted, confirmed]);
  expect(await ownerless(keys)).toEqual([]);
  await set(drafted, { removedAt: agoMs(11 * 60_000) });
  expect(await ownerless(keys)).toEqual([drafted]);
  await rows.removed([drafted]);
  expect([await rowOf(drafted), (await rowOf(other))?.userId]).toEqual([undefined, neighbour]);
});

test("a deleted account uploads nothing more, and has nothing confirmed", async () => {
  const [key, userId] = [await newKey(), newUser()];
  await rows.add(key, userId);
  await leave(userId);
  await expect(rows.add(await newKey(), userId)).rejects.toThrow("ACCOUNT_DELETED");
  for (const one of [key, await newKey()])
    expect(await rows.confirm(one, userId, undefined)).toBe(false);
});

test("rows of swept uploads go, those of photos that are kept and of deleted accounts stay", async () => {
  const keys = [
    await newKey(),
    await newKey(),
    await newKey(),
    await newKey(),
    await newKey(),
  ] as const;
  const [draft, young, scanned, ownerlessDraft, fresh] = keys;
  const mine = await createKey(signer, "my", "user-1");
  const userId = newUser();
  for (const key of [...keys, mine]) await rows.add(key, userId);
  for (const key of [draft, ownerlessDraft]) await set(key, { createdAt: agoMs(3 * dayMs) });
  for (const key of [scanned, mine]) await set(key, { confirmedAt: agoMs(20 * dayMs) });
  await set(fresh, { createdAt: agoMs(20 * dayMs), confirmedAt: agoMs(dayMs) });
  await set(ownerlessDraft, { userId: null });
  const left = async () => {
    const all = await Promise.all([...keys, mine].map(rowOf));
    return all.flatMap((row) => (row ? [row.key] : []));
  };
  await rows.forget({ drafts: agoMs(2 * dayMs), scanPhotos: undefined });
  expect(await left()).toEqual([young, scanned, ownerlessDraft, fresh, mine]);
  await rows.forget({ drafts: agoMs(2 * dayMs), scanPhotos: agoMs(9 * dayMs) });
  expect(await left()).toEqual([young, ownerlessDraft, fresh, mine]);
});

const say = (userId: string, imageUrl: string) =>
  database.call(async (db) => {
    const chatId = Bun.randomUUIDv7();
    await db.insert(conversations).values({ id: chatId, userId });
    const message = { id: Bun.randomUUIDv7(), jobId: Bun.randomUUIDv7(), chatId, imageUrl };
    await db.insert(messages).values({
      ...message,
      role: "user",
      content: "",
      status: "completed",
      createdAt: new Date(),
    });
  });
const result = { status: "failed", vision: null, answer: null, reward: null, error: null } as const;

test("a photo is used when a scan or a message of its owner has it, under whatever address", async () => {
  const [userId, stranger] = [newUser(), newUser()];
  const names = [
    "used",
    "moved",
    "in a chat",
    "unused",
    "of a stranger's scan",
    "unconfirmed",
    "young",
  ] as const;
  const keys = new Map<string, string>();
  for (const name of names) {
    const key = await newKey();
    keys.set(key, name);
    await rows.add(key, userId);
    if (name !== "unconfirmed") await rows.confirm(key, userId, undefined);
    if (name === "in a chat") await say(userId, `https://cdn.example/${key}`);
    await set(key, { createdAt: agoMs(name === "young" ? dayMs : 20 * dayMs) });
    const url = `${name === "moved" ? "https://old.example/b" : "http://127.0.0.1:8080/files"}/${key}?v=1`;
    const owners = { used: userId, moved: userId, "of a stranger's scan": stranger } as const;
    const owner = Object.entries(owners).find(([one]) => one === name)?.[1];
    if (owner === undefined) continue;
    await database.call((db) =>
      db.insert(scans).values({
        jobId: Bun.randomUUIDv7(),
        userId: owner,
        status: "failed",
        model: "m",
        imageUrl: url,
        userInput: "",
        result,
        // Also before the row, which a migration wrote.
        submittedAt: agoMs(30 * dayMs),
        finishedAt: agoMs(19 * dayMs),
      }),
    );
  }
  const seen: UsedUpload[] = [];
  for (let after: SweepPosition = { createdAt: "-infinity", key: "" }; ; ) {
    const page = await rows.confirmedScanPhotos(after, agoMs(10 * dayMs));
    seen.push(...page.filter(({ key }) => keys.has(key)));
    const last = page.at(-1);
    if (last === undefined) break;
    after = last;
  }
  const found = seen.map(({ key, isUsed }) => [keys.get(key), isUsed] as const);
  expect(Object.fromEntries(found)).toEqual({
    used: true,
    moved: true,
    "in a chat": true,
    unused: false,
    "of a stranger's scan": false,
  });
  expect(found).toHaveLength(5);

  const unused = seen.filter(({ isUsed }) => !isUsed).map(({ key }) => key);
  await rows.forgetUnused(unused);
  for (const [key, name] of keys) {
    expect([name, (await rowOf(key)) === undefined]).toEqual([name, unused.includes(key)]);
  }
});
