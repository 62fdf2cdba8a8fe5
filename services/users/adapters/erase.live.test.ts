import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eq, inArray } from "drizzle-orm";
import { connectDatabase, type Database } from "#lib/db/client.ts";
import { createAccount } from "#lib/db/create-account.ts";
import { migrate } from "#lib/db/migrate.ts";
import { revocations, sessions, socialAccounts } from "#lib/db/schema.ts";
import { deliveries, webhooks } from "#lib/db/webhook-schema.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { createEraser } from "./erase.ts";

describe("erasing an account", () => {
  let database: Database;
  beforeAll(async () => {
    await migrate(serviceUrls.DATABASE_URL);
    database = await connectDatabase(serviceUrls.DATABASE_URL);
  }, 30_000);
  afterAll(() => database?.close());

  const newUser = () => `user-${crypto.randomUUID()}`;
  const revokedOf = (userId: string) =>
    database.call((db) =>
      db
        .select()
        .from(revocations)
        .where(eq(revocations.key, `sub:${userId}`)),
    );
  const sessionsOf = (userId: string) =>
    database.call((db) => db.select().from(sessions).where(eq(sessions.userId, userId)));

  async function signedIn(userId: string): Promise<void> {
    const social = { userId, provider: "dev", providerUserId: userId };
    await database.call((db) => db.execute(createAccount(userId)));
    await database.call((db) => db.insert(socialAccounts).values(social));
    const [accessExpiresAt, expiresAt] = [
      new Date(Date.now() + 1_000),
      new Date(Date.now() + 2_000),
    ];
    const ids = { id: crypto.randomUUID(), accessJti: crypto.randomUUID() };
    const refreshJti = crypto.randomUUID();
    const row = { ...ids, refreshJti, userId, provider: "dev", accessExpiresAt, expiresAt };
    await database.call((db) => db.insert(sessions).values(row));
  }

  test("ends its sessions, and has every token of it refused for as long as one may live", async () => {
    const [user, neighbour] = [newUser(), newUser()];
    for (const one of [user, neighbour]) await signedIn(one);
    const before = Date.now();
    await createEraser(database).erase(user);
    const [revoked, ...others] = await revokedOf(user);
    expect(others).toEqual([]);
    const minutes = ((revoked?.expiresAt.getTime() ?? 0) - before) / 60_000;
    expect(minutes).toBeWithin(3 * 60, 3 * 60 + 2);
    expect(await sessionsOf(user)).toEqual([]);
    expect([(await sessionsOf(neighbour)).length, await revokedOf(neighbour)]).toEqual([1, []]);
  });

  test("takes its webhooks, with their secrets and what was to be delivered", async () => {
    const [user, neighbour] = [newUser(), newUser()];
    const ids = [Bun.randomUUIDv7(), Bun.randomUUIDv7()] as const;
    for (const [i, userId] of [user, neighbour].entries()) {
      const id = ids[i] ?? "";
      const hook = { id, userId, url: "https://hooks.example.com/", host: "hooks.example.com" };
      const made = { ...hook, events: ["scan.failed" as const], secret: "whsec_AAAA" };
      const event = { type: "scan.failed" as const, occurredAt: new Date(), data: {} };
      const rows = Array.from({ length: 3 }, (_, n) => ({
        ...event,
        webhookId: id,
        eventId: `${n}`,
      }));
      await database.call((db) => db.insert(webhooks).values(made));
      await database.call((db) => db.insert(deliveries).values(rows));
    }
    const { removeDeliveries, erase } = createEraser(database);
    const left = async () => {
      const hooks = await database.call((db) =>
        db
          .select()
          .from(webhooks)
          .where(inArray(webhooks.id, [...ids])),
      );
      const rows = await database.call((db) =>
        db
          .select()
          .from(deliveries)
          .where(inArray(deliveries.webhookId, [...ids])),
      );
      return [hooks.length, rows.length];
    };
    await removeDeliveries(user);
    expect(await left()).toEqual([2, 3]);
    await erase(user);
    expect(await left()).toEqual([1, 3]);
  });

  test("tells nobody of a user who had none, nor a second time", async () => {
    const [user, nobody] = [newUser(), newUser()];
    await signedIn(user);
    const { erase } = createEraser(database);
    await Promise.all([erase(user), erase(user), erase(nobody)]);
    expect([(await revokedOf(user)).length, await revokedOf(nobody)]).toEqual([1, []]);
  });
});
