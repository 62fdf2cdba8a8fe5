import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import { connectDatabase, type Database } from "#lib/db/client.ts";
import { migrate } from "#lib/db/migrate.ts";
import { deletedAccounts } from "#lib/db/schema.ts";
import { deliveries, webhooks } from "#lib/db/webhook-schema.ts";
import { createApp } from "#lib/http/create-app.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { webhookRoutes } from "../main-routes.ts";
import { webhooksPerUserMax } from "../webhook.ts";

const newUser = () => `user-${crypto.randomUUID()}`;
const url = "https://hooks.invalid/eco2";
const unknown = "019bd000-0000-7000-8000-00000000ffff";

describe("/webhooks", () => {
  let database: Database;
  let app: ReturnType<typeof createApp>;
  const users: string[] = [];
  beforeAll(async () => {
    await migrate(serviceUrls.DATABASE_URL);
    database = await connectDatabase(serviceUrls.DATABASE_URL);
    const routes = webhookRoutes({ WEBHOOK_LOOPBACK: "refuse" }, { database });
    app = createApp(silentLog, [routes]);
  }, 30_000);
  afterAll(async () => {
    for (const user of users)
      await database?.call((db) => db.delete(webhooks).where(eq(webhooks.userId, user)));
    await database?.close();
  }, 20_000);

  function as(userId = newUser()) {
    users.push(userId);
    const call = async (method: string, path = "", body?: unknown) => {
      const response = await app.request(`/api/v1/webhooks${path}`, {
        method,
        headers: { "x-user-id": userId, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const json = text === "" ? undefined : JSON.parse(text);
      return { status: response.status, json, answer: [response.status, json?.code] };
    };
    return {
      userId,
      call,
      make: async (more = {}) => (await call("POST", "", { url, ...more })).json,
    };
  }

  /** As the end of a scan queues it. */
  async function queue(webhookId: string, more: Partial<typeof deliveries.$inferInsert> = {}) {
    const row = {
      webhookId,
      eventId: `scan_${crypto.randomUUID()}_0`,
      type: "scan.failed" as const,
    };
    const [made] = await database.call((db) =>
      db
        .insert(deliveries)
        .values({ ...row, occurredAt: new Date(), data: {}, ...more })
        .returning(),
    );
    return { id: String(made?.id), eventId: row.eventId };
  }

  test("makes a webhook, whose secret is shown this once", async () => {
    const { call } = as();
    const { status, json } = await call("POST", "", { url: `${url}?k=1#part` });
    const { secret, ...webhook } = json;
    expect(status).toBe(201);
    expect(Buffer.from(secret.slice("whsec_".length), "base64")).toHaveLength(32);
    expect(webhook).toMatchObject({
      url: `${url}?k=1`,
      events: ["scan.completed", "scan.failed"],
      status: "enabled",
      disabled_reason: null,
      previous_secret_until: null,
    });
    expect((await call("GET")).json).toEqual({ items: [webhook] });
    expect((await call("GET", `/${webhook.id}`)).json).toEqual(webhook);
  });

  test.each([
    [{}, "WEBHOOK_URL_INVALID"],
    [{ url: 1 }, "WEBHOOK_URL_INVALID"],
    [{ url: "http://hooks.invalid/" }, "WEBHOOK_URL_INVALID"],
    [{ url: `${url}/${"a".repeat(2_048)}` }, "WEBHOOK_URL_INVALID"],
    [{ url: "https://10.0.0.7/" }, "WEBHOOK_ADDRESS_PRIVATE"],
    [{ url: "https://localhost/" }, "WEBHOOK_ADDRESS_PRIVATE"],
    [{ url, events: [] }, "WEBHOOK_EVENTS_INVALID"],
    [{ url, events: "scan.failed" }, "WEBHOOK_EVENTS_INVALID"],
    [{ url, events: ["scan.queued"] }, "WEBHOOK_EVENTS_INVALID"],
    [{ url, events: ["webhook.ping"] }, "WEBHOOK_EVENTS_INVALID"],
  ])("refuses %j as %s, when it is made and when it is changed", async (body, code) => {
    const { call, make } = as();
    expect((await call("POST", "", body)).answer).toEqual([400, code]);
    const { id } = await make();
    if ("url" in body) expect((await call("PATCH", `/${id}`, body)).answer).toEqual([400, code]);
  });

  test("lets a user have ten, also of many made at once", async () => {
    const { call } = as();
    const answers = await Promise.all(
      Array.from({ length: webhooksPerUserMax + 5 }, () => call("POST", "", { url })),
    );
    const counts = Object.groupBy(answers, ({ status }) => String(status));
    expect([counts["201"]?.length, counts["409"]?.length]).toEqual([webhooksPerUserMax, 5]);
    expect(counts["409"]?.[0]?.json.code).toBe("TOO_MANY_WEBHOOKS");
  });

  test("makes none for an account that was deleted", async () => {
    const { call, userId } = as();
    const idHash = new Bun.CryptoHasher("sha256").update(userId).digest();
    await database.call((db) => db.insert(deletedAccounts).values({ idHash }));
    expect((await call("POST", "", { url })).json.code).toBe("ACCOUNT_DELETED");
  });

  test("shows another user's webhook, and an unknown one, to nobody", async () => {
    const owner = as();
    const { id } = await owner.make();
    const delivery = await queue(id);
    const stranger = as();
    const { id: own } = await stranger.make();
    for (const one of [id, unknown]) {
      const calls = [
        ...(await Promise.all(["GET", "DELETE"].map((method) => stranger.call(method, `/${one}`)))),
        await stranger.call("PATCH", `/${one}`, { enabled: false }),
        await stranger.call("POST", `/${one}/secret`),
        await stranger.call("POST", `/${one}/ping`),
        await stranger.call("GET", `/${one}/deliveries`),
        await stranger.call("POST", `/${one}/deliveries/${delivery.id}/replay`),
      ];
      for (const { answer } of calls) expect(answer).toEqual([404, "WEBHOOK_NOT_FOUND"]);
    }
    const replayed = await stranger.call("POST", `/${own}/deliveries/${delivery.id}/replay`);
    expect(replayed.answer).toEqual([404, "WEBHOOK_DELIVERY_NOT_FOUND"]);
    expect((await owner.call("GET", `/${id}`)).json).toMatchObject({ status: "enabled" });
    expect((await stranger.call("GET", "/1")).answer).toEqual([400, "INVALID_WEBHOOK_ID"]);
  });

  test("changes what is given, and a disabled one begins afresh", async () => {
    const { call, make } = as();
    const { id, secret, ...made } = await make();
    expect((await call("PATCH", `/${id}`, {})).json).toEqual({ id, ...made });
    const events = ["scan.failed", "scan.failed"];
    expect((await call("PATCH", `/${id}`, { events, enabled: null })).json).toMatchObject({
      events: ["scan.failed"],
      url: made.url,
    });
    expect((await call("PATCH", `/${id}`, { enabled: false })).json).toMatchObject({
      status: "disabled",
      disabled_reason: "owner",
    });
    const failing = { failingSince: new Date(), lastFailure: "status", lastStatus: 500 } as const;
    await database.call((db) =>
      db
        .update(webhooks)
        .set({ ...failing, disabledReason: "failing" })
        .where(eq(webhooks.id, id)),
    );
    expect((await call("GET", `/${id}`)).json).toMatchObject({
      ...{ status: "disabled", disabled_reason: "failing", last_status: 500 },
      failing_since: failing.failingSince.toISOString(),
    });
    expect((await call("POST", `/${id}/ping`)).answer).toEqual([409, "WEBHOOK_DISABLED"]);
    expect((await call("PATCH", `/${id}`, { enabled: true })).json).toMatchObject({
      ...{ status: "enabled", disabled_reason: null, last_status: null, failing_since: null },
    });
  });

  test("gives a new secret, and keeps the last one good for a day", async () => {
    const { call, make } = as();
    const { id, secret } = await make();
    const before = Date.now();
    const { json } = await call("POST", `/${id}/secret`);
    expect(json.secret).not.toBe(secret);
    const until = Date.parse(json.previous_secret_until) - before;
    expect(until / 3_600_000).toBeWithin(23.9, 24.1);
    const [row] = await database.call((db) =>
      db.select().from(webhooks).where(eq(webhooks.id, id)),
    );
    expect([row?.secret, row?.previousSecret]).toEqual([json.secret, secret]);
    expect((await call("GET", `/${id}`)).json).not.toHaveProperty("secret");
  });

  test("queues one ping at a time, and keeps none that is over", async () => {
    const { call, make } = as();
    const { id } = await make();
    const first = (await call("POST", `/${id}/ping`)).json;
    expect(first).toMatchObject({ type: "webhook.ping", status: "pending", attempts: 0 });
    expect((await call("POST", `/${id}/ping`)).json).toEqual(first);
    await database.call((db) =>
      db.update(deliveries).set({ status: "failed" }).where(eq(deliveries.webhookId, id)),
    );
    const second = (await call("POST", `/${id}/ping`)).json;
    expect(second.event_id).not.toBe(first.event_id);
    expect((await call("GET", `/${id}/deliveries`)).json.items).toEqual([second]);
  });

  test("lists deliveries by the page, newest first, and by status", async () => {
    const { call, make } = as();
    const { id } = await make();
    const queued = [];
    for (const status of ["delivered", "failed", "pending", "failed"] as const) {
      queued.unshift((await queue(id, { status })).id);
    }
    const page = async (query: string) => {
      const { json } = await call("GET", `/${id}/deliveries${query}`);
      return [json.items.map((one: { id: string }) => one.id), json.next_cursor];
    };
    expect(await page("")).toEqual([queued, null]);
    expect(await page("?limit=3")).toEqual([queued.slice(0, 3), queued[2]]);
    expect(await page(`?cursor=${queued[2]}`)).toEqual([queued.slice(3), null]);
    expect(await page("?status=failed")).toEqual([[queued[0], queued[2]], null]);
    const refused = await call("GET", `/${id}/deliveries?cursor=x`);
    expect(refused.answer).toEqual([400, "INVALID_CURSOR"]);
  });

  test("sends a delivery again under its id, unless that happens by itself", async () => {
    const { call, make } = as();
    const { id } = await make();
    const over = await queue(id, { status: "failed", attempts: 11, lastFailure: "timeout" });
    const replayed = await call("POST", `/${id}/deliveries/${over.id}/replay`);
    expect([replayed.status, replayed.json]).toEqual([
      202,
      expect.objectContaining({
        ...{ id: over.id, event_id: over.eventId, status: "pending" },
        ...{ attempts: 0, last_failure: null },
      }),
    ]);
    const inADay = new Date(Date.now() + 86_400_000);
    const late = await queue(id, { attempts: 10, nextAttemptAt: inADay });
    const hurried = await call("POST", `/${id}/deliveries/${late.id}/replay`);
    expect(Date.parse(hurried.json.next_attempt_at)).toBeLessThan(inADay.getTime() - 80_000_000);
    const nextAttemptAt = new Date(Date.now() + 50_000);
    const held = await queue(id, { attempts: 3, nextAttemptAt });
    const left = await call("POST", `/${id}/deliveries/${held.id}/replay`);
    expect(left.json).toMatchObject({ attempts: 3, next_attempt_at: nextAttemptAt.toISOString() });
    await call("PATCH", `/${id}`, { enabled: false });
    const refused = await call("POST", `/${id}/deliveries/${over.id}/replay`);
    expect(refused.answer).toEqual([409, "WEBHOOK_DISABLED"]);
  });

  test("deletes a webhook with its deliveries", async () => {
    const { call, make } = as();
    const { id } = await make();
    await queue(id);
    expect((await call("DELETE", `/${id}`)).status).toBe(204);
    expect((await call("DELETE", `/${id}`)).answer).toEqual([404, "WEBHOOK_NOT_FOUND"]);
    const left = await database.call((db) =>
      db.select().from(deliveries).where(eq(deliveries.webhookId, id)),
    );
    expect(left).toEqual([]);
  });
});
