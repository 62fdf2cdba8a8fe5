import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eq, sql } from "drizzle-orm";
import { connectDatabase, type Database } from "#lib/db/client.ts";
import { migrate } from "#lib/db/migrate.ts";
import type { Drizzle } from "#lib/db/pool.ts";
import { accounts, characterOwnerships, characters, userCharacters } from "#lib/db/schema.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { type AccountStore, openAccount } from "../open-account.ts";
import { createAccountStore } from "./postgres.ts";

/** Two processes, each with its own connections. */
let one: Database;
let two: Database;
let store: AccountStore;
let other: AccountStore;
beforeAll(async () => {
  await migrate(serviceUrls.DATABASE_URL);
  one = await connectDatabase(serviceUrls.DATABASE_URL);
  two = await connectDatabase(serviceUrls.DATABASE_URL);
  store = createAccountStore(one);
  other = createAccountStore(two);
}, 30_000);
afterAll(() => Promise.all([one?.close(), two?.close()]));

const newUser = () => `user-${crypto.randomUUID()}`;
const open = (userId: string, through = store) =>
  openAccount(through, userId, () => through.account(userId));
const ownershipsOf = (userId: string) =>
  one.call((db) =>
    db.select().from(characterOwnerships).where(eq(characterOwnerships.userId, userId)),
  );

/** As the worker's writer does, with what the character was called when it was granted. */
async function show(userId: string, code: string, name: string, acquiredAt: Date): Promise<void> {
  const row = { userId, characterCode: code, characterName: name, acquiredAt };
  await one.call((db) => db.insert(userCharacters).values(row));
}

/** The database of `one`, with its methods looked up by `get`. */
function through(get: (db: Drizzle, name: string | symbol) => unknown): Database {
  return { ...one, call: (query) => one.call((db) => query(new Proxy(db, { get }))) };
}

describe("the first sight of a user", () => {
  test("makes one account and grants 이코 once, however many see it at once", async () => {
    const user = newUser();
    const seen = await Promise.all(
      Array.from({ length: 100 }, (_, i) => open(user, i % 2 ? store : other)),
    );
    expect(new Set(seen.map((account) => JSON.stringify(account))).size).toBe(1);
    expect(seen[0]).toMatchObject({ id: user, nickname: null, email: null });
    expect(await ownershipsOf(user)).toMatchObject([{ characterCode: "char-eco", jobId: null }]);
    expect(await store.collection(user)).toMatchObject([{ code: "char-eco", name: "이코" }]);
    const [row] = await one.call((db) => db.select().from(accounts).where(eq(accounts.id, user)));
    expect((await ownershipsOf(user))[0]?.acquiredAt).toEqual(row?.createdAt ?? new Date(0));
  });

  test("grants all or nothing: without the second row there is no account", async () => {
    const user = newUser();
    // The last of the three inserts is refused; the constraint goes with the transaction.
    const refused: unknown = await one
      .call((db) =>
        db.transaction(async (tx) => {
          await tx.execute(sql`alter table users.user_characters
        add constraint refuse check (user_id <> ${sql.raw(`'${user}'`)}) not valid`);
          const execute = tx.execute.bind(tx);
          const inside = through((its, name) =>
            name === "execute" ? execute : Reflect.get(its, name),
          );
          await createAccountStore(inside).createAccount(user);
        }),
      )
      .catch((error: unknown) => error);
    expect(String(refused instanceof Error && refused.cause)).toContain(
      'new row for relation "user_characters" violates check constraint "refuse"',
    );
    expect([await store.account(user), await ownershipsOf(user)]).toEqual([undefined, []]);
  });

  test("keeps what was granted before it: a scan may be faster", async () => {
    const user = newUser();
    await show(user, "char-petty", "페티", new Date(1_000));
    const mine = await openAccount(store, user, () => store.collection(user));
    expect(mine.map(({ code }) => code)).toEqual(["char-eco", "char-petty"]);
  });

  test("takes an id for what it is: opaque text", async () => {
    const user = `o'Hara"; drop table users.accounts; --\\ 이름 ${crypto.randomUUID()}`;
    expect((await open(user)).id).toBe(user);
  });
});

describe("an account", () => {
  test("changes its nickname, and nobody else's", async () => {
    const [user, neighbour] = [newUser(), newUser()];
    await open(neighbour);
    await open(user);
    expect(await store.changeAccount(user, { nickname: "왕" })).toMatchObject({ nickname: "왕" });
    expect(await store.changeAccount(user, {})).toMatchObject({ nickname: "왕" });
    expect(await other.account(user)).toMatchObject({ id: user, nickname: "왕" });
    expect(await store.changeAccount(user, { nickname: null })).toMatchObject({ nickname: null });
    expect(await store.account(neighbour)).toMatchObject({ nickname: null });
    expect(await store.changeAccount(newUser(), { nickname: "왕" })).toBeUndefined();
  });
});

describe("the collection", () => {
  test("is newest first, in the words of the catalogue of today", async () => {
    const user = newUser();
    await open(user);
    await show(user, "char-petty", "옛 이름", new Date(1_000));
    await show(user, "char-paepy", "옛 이름", new Date(2_000));
    const mine = await store.collection(user);
    expect(mine?.map(({ code, name }) => [code, name])).toEqual([
      ["char-eco", "이코"],
      ["char-paepy", "페이피"],
      ["char-petty", "페티"],
    ]);
    expect(mine?.[2]).toMatchObject({ matchLabel: "무색페트병", acquiredAt: new Date(1_000) });
    expect(mine?.[2]?.dialog).toContain("라벨은 떼고");
  });

  test("keeps a character that left the catalogue while its grant was on the way", async () => {
    const user = newUser();
    await open(user);
    await show(user, `gone-${user}`, "떠난 친구", new Date(1_000));
    expect((await store.collection(user))?.[1]).toEqual({
      code: `gone-${user}`,
      name: "떠난 친구",
      dialog: "",
      matchLabel: null,
      acquiredAt: new Date(1_000),
    });
  });

  test("is one query for a user who is known", async () => {
    const user = newUser();
    await open(user);
    let queries = 0;
    const counted = through((db, name) => {
      if (name === "select" || name === "execute") queries++;
      return Reflect.get(db, name);
    });
    const counting = createAccountStore(counted);
    await openAccount(counting, user, () => counting.collection(user));
    expect(queries).toBe(1);
  });
});

describe("an ownership", () => {
  test("is told by name, with the day", async () => {
    const user = newUser();
    const owns = (name: string) => openAccount(store, user, () => store.ownership(user, name));
    expect((await owns("이코")).acquiredAt).toBeInstanceOf(Date);
    expect(await owns("페티")).toEqual({ acquiredAt: null });
    await show(user, "char-petty", "페티", new Date(1_000));
    expect(await owns("페티")).toEqual({ acquiredAt: new Date(1_000) });
    await expect(owns("페 티")).rejects.toThrow("CHARACTER_NOT_FOUND");
  });

  test("of a name that is a question to the database is no character", async () => {
    const user = newUser();
    for (const name of ["%", "' or true --", "char-eco", ""]) {
      await expect(store.ownership(user, name)).rejects.toThrow("CHARACTER_NOT_FOUND");
    }
    expect((await one.call((db) => db.select().from(characters))).length).toBeGreaterThan(0);
  });
});
