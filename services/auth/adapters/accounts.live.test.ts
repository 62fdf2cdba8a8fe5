import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import { connectDatabase, type Database } from "#lib/db/client.ts";
import { migrate } from "#lib/db/migrate.ts";
import { accounts, characterOwnerships, socialAccounts } from "#lib/db/schema.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import type { Identity } from "../provider.ts";
import { createAccounts } from "./accounts.ts";

/** Two processes, each with its own connections. */
let one: Database;
let two: Database;
beforeAll(async () => {
  await migrate(serviceUrls.DATABASE_URL);
  one = await connectDatabase(serviceUrls.DATABASE_URL);
  two = await connectDatabase(serviceUrls.DATABASE_URL);
}, 30_000);
afterAll(() => Promise.all([one?.close(), two?.close()]));

const person = (fields: Partial<Identity> = {}): Identity => ({
  id: `test-${crypto.randomUUID()}`,
  email: null,
  nickname: null,
  ...fields,
});
const userOf = (identity: Identity, provider = "google", through = one) =>
  createAccounts(through).userOf(provider, identity);

describe("the user of an identity", () => {
  test("is made with the first sign-in: account, social account and 이코", async () => {
    const identity = person({ email: "kim@example.com", nickname: "김" });
    const id = await userOf(identity);
    expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const [account] = await one.call((db) => db.select().from(accounts).where(eq(accounts.id, id)));
    expect(account).toMatchObject({ email: "kim@example.com", nickname: "김" });
    const mine = eq(characterOwnerships.userId, id);
    const owned = await one.call((db) => db.select().from(characterOwnerships).where(mine));
    expect(owned.map(({ characterCode }) => characterCode)).toEqual(["char-eco"]);
  });

  test("stays the same, and keeps what the user has changed since", async () => {
    const identity = person({ nickname: "김" });
    const id = await userOf(identity);
    await one.call((db) => db.update(accounts).set({ nickname: "이" }).where(eq(accounts.id, id)));
    expect(await userOf({ ...identity, nickname: "박", email: "new@example.com" })).toBe(id);
    const [account] = await one.call((db) => db.select().from(accounts).where(eq(accounts.id, id)));
    expect(account).toMatchObject({ nickname: "이", email: null });
  });

  test("is one, and leaves one account, however many sign in for the first time at once", async () => {
    const marker = `test-${crypto.randomUUID()}`;
    const identity = person({ nickname: marker });
    const ids = await Promise.all(
      Array.from({ length: 40 }, (_, i) => userOf(identity, "google", i % 2 ? one : two)),
    );
    expect(new Set(ids).size).toBe(1);
    const made = await one.call((db) =>
      db.select().from(accounts).where(eq(accounts.nickname, marker)),
    );
    expect(made.map(({ id }) => id)).toEqual([ids[0] ?? ""]);
  });

  test("is another with each provider and identity, never found by an e-mail address", async () => {
    const email = `${crypto.randomUUID()}@example.com`;
    const identity = person({ email });
    const ids = [
      await userOf(identity, "google"),
      await userOf(identity, "kakao"),
      await userOf(person({ email }), "google"),
    ];
    expect(new Set(ids).size).toBe(3);
  });

  test("takes an identity for what it is: opaque text", async () => {
    const identity = person({
      id: `o'Hara"; drop table users.accounts; -- ${crypto.randomUUID()}`,
    });
    expect(await userOf(identity)).toBe(await userOf(identity));
  });

  test("is a new user after the account was deleted", async () => {
    const identity = person();
    const id = await userOf(identity);
    await one.call((db) => db.delete(accounts).where(eq(accounts.id, id)));
    const mine = eq(socialAccounts.providerUserId, identity.id);
    expect(await one.call((db) => db.select().from(socialAccounts).where(mine))).toEqual([]);
    const next = await userOf(identity);
    expect(next).not.toBe(id);
    expect(await userOf(identity)).toBe(next);
  });
});
