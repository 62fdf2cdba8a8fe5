import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { eq, inArray } from "drizzle-orm";
import { Webhook } from "standardwebhooks";
import { SCAN_EVENTS } from "#lib/contract/webhook-event.ts";
import { connectDatabase, type Database } from "#lib/db/client.ts";
import { migrate } from "#lib/db/migrate.ts";
import { deliveries, webhooks } from "#lib/db/webhook-schema.ts";
import type { StoredResult } from "#lib/scan/scan-result.ts";
import { createResultStore } from "#lib/scan-store/result-store.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { startWebhookReceiver, type WebhookReceiver } from "#lib/testing/webhook-receiver.ts";
import { createWebhookOutbox } from "../adapters/webhook-outbox.ts";
import { createWebhookSender } from "../adapters/webhook-sender.ts";
import { createDeliverer, type Deliverer } from "./deliver.ts";
import { failingMsMax, retryDelaysMs } from "./delivery.ts";

const secretOf = (fill: number) => `whsec_${Buffer.alloc(32, fill).toString("base64")}`;
const hourMs = 3_600_000;

/** Names that lead to the receiver, as the system has them; whatever else is asked for is nowhere. */
const resolve = async (host: string) => {
  if (host.endsWith(".localhost")) return [{ address: "127.0.0.1", family: 4 }];
  if (host === "rebound.example.com") return [{ address: "127.0.0.1", family: 4 }];
  if (host === "inside.example.com") return [{ address: "10.0.0.7", family: 4 }];
  throw new Error(`ENOTFOUND ${host}`);
};

describe("a delivery to a webhook", () => {
  let database: Database;
  let receiver: WebhookReceiver;
  let now = Date.now();
  const made: string[] = [];
  const problems: unknown[] = [];
  const disabled: string[] = [];
  const clock = { now: () => now };

  const worker = (): Deliverer =>
    createDeliverer({
      outbox: createWebhookOutbox(database),
      send: createWebhookSender({ clock, loopback: "allow", resolve, deadlineMs: 2_000 }),
      clock,
      random: () => 0.5,
      onAttempt: () => undefined,
      onDisabled: (id, reason) => void disabled.push(`${id} ${reason}`),
      onError: (error) => void problems.push(error),
    });

  beforeAll(async () => {
    await migrate(serviceUrls.DATABASE_URL);
    database = await connectDatabase(serviceUrls.DATABASE_URL);
    receiver = startWebhookReceiver();
  }, 30_000);
  beforeEach(() => {
    now = Date.now();
  });
  afterEach(async () => {
    await database.call((db) => db.delete(webhooks).where(inArray(webhooks.id, made)));
    expect(problems).toEqual([]);
  });
  afterAll(async () => {
    await receiver?.stop();
    await database?.close();
  }, 20_000);

  /** A user with a webhook, whose host is their own unless it is given. */
  async function newHook(more: Partial<typeof webhooks.$inferInsert> = {}) {
    const id = Bun.randomUUIDv7();
    const userId = more.userId ?? `user-${id}`;
    const host = more.host ?? `${id}.localhost`;
    const url = more.url ?? `http://${host}:${receiver.port}/${id}`;
    const row = { id, url, host, userId, events: [...SCAN_EVENTS], secret: secretOf(1), ...more };
    made.push(id);
    await database.call((db) => db.insert(webhooks).values(row));
    return {
      ...{ id, userId },
      end: (status: "completed" | "failed" = "completed") => endScan(userId, status),
      got: () => receiver.received.filter(({ path }) => path === `/${id}`),
      rows: () =>
        database.call((db) => db.select().from(deliveries).where(eq(deliveries.webhookId, id))),
      row: async () => {
        const [found] = await database.call((db) =>
          db.select().from(webhooks).where(eq(webhooks.id, id)),
        );
        return found;
      },
    };
  }

  /** As a worker ends a scan. What is queued is due by the database's clock, which may be ahead of this one's. */
  async function endScan(user_id: string, status: "completed" | "failed"): Promise<string> {
    const error = status === "failed" ? { code: "EXPIRED", message: "늦었어요." } : null;
    const result: StoredResult = { status, vision: null, answer: null, reward: null, error };
    const asked = { image_url: "https://cdn.example.com/a.jpg", user_input: "", model: "local" };
    const message = { job_id: Bun.randomUUIDv7(), user_id, ...asked, submitted_at: now };
    await createResultStore(database).saveResult({ message, epoch: 0 }, result, now);
    now = Math.max(now, Date.now()) + 50;
    return message.job_id;
  }

  test.each(["completed", "failed"] as const)(
    "of a scan that has %s comes once, signed",
    async (status) => {
      const hook = await newHook();
      const jobId = await hook.end(status);
      const one = worker();
      await one.drain();
      await one.drain();
      const [first, ...others] = hook.got();
      expect(others).toEqual([]);
      const { headers = {}, body = "" } = first ?? {};
      expect(headers).toMatchObject({
        "content-type": "application/json",
        "user-agent": "eco2",
        "webhook-id": `scan_${jobId}_0`,
        "webhook-timestamp": `${Math.floor(now / 1_000)}`,
      });
      expect(new Webhook(secretOf(1)).verify(body, headers)).toMatchObject({
        type: `scan.${status}`,
        data: { job_id: jobId, status, error: status === "failed" ? { code: "EXPIRED" } : null },
      });
      expect(() => new Webhook(secretOf(2)).verify(body, headers)).toThrow();
      expect(await hook.rows()).toMatchObject([
        { status: "delivered", attempts: 1, lastStatus: 204 },
      ]);
    },
  );

  test("that is refused comes again when its time has come, under its id", async () => {
    const hook = await newHook();
    receiver.next(new Response(null, { status: 500 }), new Response(null, { status: 503 }));
    await hook.end();
    const one = worker();
    await one.drain();
    await one.drain();
    expect(hook.got()).toHaveLength(1);
    expect(await hook.row()).toMatchObject({ lastFailure: "status", lastStatus: 500 });
    now += (retryDelaysMs[0] ?? 0) - 1;
    await one.drain();
    expect(hook.got()).toHaveLength(1);
    now += 1;
    await one.drain();
    expect(hook.got()).toHaveLength(2);
    now += retryDelaysMs[1] ?? 0;
    await one.drain();
    const ids = hook.got().map(({ headers }) => headers["webhook-id"]);
    expect([ids.length, new Set(ids).size]).toEqual([3, 1]);
    const times = hook.got().map(({ headers }) => headers["webhook-timestamp"]);
    expect(new Set(times).size).toBe(3);
    expect(await hook.rows()).toMatchObject([{ status: "delivered", attempts: 3 }]);
    expect(await hook.row()).toMatchObject({ failingSince: null, lastFailure: null });
  });

  test("outlives a receiver that is down for a while", async () => {
    const own = startWebhookReceiver();
    const hook = await newHook({ url: `http://127.0.0.1:${own.port}/down`, host: "127.0.0.1" });
    await own.stop();
    await hook.end();
    const one = worker();
    for (const delayMs of [0, ...retryDelaysMs.slice(0, 4)]) {
      now += delayMs;
      await one.drain();
    }
    expect(await hook.rows()).toMatchObject([
      { status: "pending", attempts: 5, lastFailure: "unreachable", lastStatus: null },
    ]);
    const back = startWebhookReceiver(own.port);
    now += 2 * hourMs;
    await one.drain();
    expect(back.received).toHaveLength(1);
    await back.stop();
  });

  test("whose worker dies in the middle is sent by another one, under its id", async () => {
    const hook = await newHook();
    const held = Promise.withResolvers<Response>();
    receiver.next(held.promise);
    await hook.end();
    // Claimed, sent, and never heard of again.
    const [claimed] = await createWebhookOutbox(database).claim(now, {
      limit: 1,
      hostMax: 1,
      running: [],
    });
    if (!claimed) throw new Error("nothing was due");
    const dying = createWebhookSender({ clock, loopback: "allow", resolve })(claimed);
    await until(() => hook.got().length === 1);
    const other = worker();
    await other.drain();
    expect(hook.got()).toHaveLength(1);
    now += 60_000;
    await other.drain();
    const ids = hook.got().map(({ headers }) => headers["webhook-id"]);
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
    expect(await hook.rows()).toMatchObject([{ status: "delivered", attempts: 2 }]);
    held.resolve(new Response());
    await dying;
  });

  test("is one worker's, however many look at once", async () => {
    const hooks = await Promise.all(Array.from({ length: 12 }, () => newHook()));
    for (const hook of hooks) await hook.end();
    await Promise.all(Array.from({ length: 4 }, () => worker().drain()));
    await worker().drain();
    expect(hooks.map(({ got }) => got().length)).toEqual(hooks.map(() => 1));
  });

  test("waits for that before it to the same webhook, and for nobody else's", async () => {
    const [slow, other] = [await newHook(), await newHook()];
    const held = Promise.withResolvers<Response>();
    receiver.next(held.promise);
    await slow.end();
    const one = worker();
    await one.look();
    await until(() => slow.got().length === 1);
    await slow.end();
    await other.end();
    await one.look();
    await until(() => other.got().length === 1);
    expect(slow.got()).toHaveLength(1);
    held.resolve(new Response());
    await one.drain();
    expect(slow.got()).toHaveLength(2);
  });

  test("shares what one host may take with all that lead there, whosever they are", async () => {
    const host = "shared.localhost";
    const hooks = await Promise.all(Array.from({ length: 10 }, () => newHook({ host })));
    const other = await newHook();
    const held = Array.from({ length: 10 }, () => Promise.withResolvers<Response>());
    for (const hook of hooks) await hook.end();
    receiver.next(...held.map(({ promise }) => promise));
    const one = worker();
    await one.look();
    const arrived = () => hooks.filter(({ got }) => got().length > 0).length;
    await until(() => arrived() === 8);
    await other.end();
    await one.look();
    expect(arrived()).toBe(8);
    held[0]?.resolve(new Response());
    await until(() => arrived() === 9);
    for (const { resolve: answer } of held) answer(new Response());
    await one.drain();
    expect([arrived(), other.got().length]).toEqual([10, 1]);
  });

  test.each([
    ["inside.example.com", "https://inside.example.com/"],
    ["rebound.example.com", "https://rebound.example.com/"],
    ["10.0.0.7", "https://10.0.0.7/"],
  ])("never goes to a private address: %s", async (host, url) => {
    const before = receiver.received.length;
    const hook = await newHook({ url: url.replace("com/", `com:${receiver.port}/`), host });
    await hook.end();
    await worker().drain();
    expect(await hook.rows()).toMatchObject([{ status: "pending", lastFailure: "private" }]);
    expect(receiver.received).toHaveLength(before);
  });

  test("follows no redirect", async () => {
    const hook = await newHook();
    const other = await newHook();
    receiver.next(Response.redirect(`http://127.0.0.1:${receiver.port}/${other.id}`, 307));
    await hook.end();
    await worker().drain();
    expect(other.got()).toEqual([]);
    expect(await hook.rows()).toMatchObject([{ lastFailure: "redirect", lastStatus: 307 }]);
  });

  test("has its time, and no more", async () => {
    const hook = await newHook();
    const held = Promise.withResolvers<Response>();
    receiver.next(held.promise);
    await hook.end();
    await worker().drain();
    expect(await hook.rows()).toMatchObject([{ status: "pending", lastFailure: "timeout" }]);
    held.resolve(new Response());
  });

  test("is signed with both secrets until the window of a rotation is over", async () => {
    const previousSecretUntil = new Date(now + hourMs);
    const hook = await newHook({
      ...{ secret: secretOf(2), previousSecret: secretOf(1), previousSecretUntil },
    });
    await hook.end();
    await worker().drain();
    now += hourMs;
    await hook.end();
    await worker().drain();
    const [within, after] = hook.got();
    const verify = (fill: number) =>
      new Webhook(secretOf(fill)).verify(within?.body ?? "", within?.headers ?? {});
    expect(within?.headers["webhook-signature"]?.split(" ")).toHaveLength(2);
    expect(after?.headers["webhook-signature"]?.split(" ")).toHaveLength(1);
    expect(verify(1)).toBeDefined();
    expect(verify(2)).toBeDefined();
  });

  test("that fails for days disables its webhook, and its owner sees why", async () => {
    const hook = await newHook();
    await hook.end();
    const one = worker();
    receiver.next(
      ...Array.from({ length: retryDelaysMs.length + 1 }, () => new Response("", { status: 500 })),
    );
    const startedAt = now;
    for (const delayMs of [0, ...retryDelaysMs]) {
      now += delayMs;
      await one.drain();
    }
    expect(now - startedAt).toBeGreaterThan(failingMsMax);
    expect(hook.got()).toHaveLength(retryDelaysMs.length + 1);
    expect(await hook.rows()).toMatchObject([{ status: "failed", lastStatus: 500 }]);
    expect(await hook.row()).toMatchObject({ disabledReason: "failing", lastStatus: 500 });
    expect(disabled).toContain(`${hook.id} failing`);
    await hook.end();
    expect(await hook.rows()).toHaveLength(1);
  });

  test("that is answered with 410 is the last one", async () => {
    const hook = await newHook();
    receiver.next(new Response(null, { status: 410 }));
    await hook.end();
    await worker().drain();
    expect(await hook.row()).toMatchObject({ disabledReason: "gone" });
    expect(await hook.rows()).toMatchObject([{ status: "failed", attempts: 1 }]);
  });

  test("whose webhook is deleted while it is sent ends without a trace", async () => {
    const hook = await newHook();
    const held = Promise.withResolvers<Response>();
    receiver.next(held.promise);
    await hook.end();
    const one = worker();
    await one.look();
    await until(() => hook.got().length === 1);
    await database.call((db) => db.delete(webhooks).where(eq(webhooks.id, hook.id)));
    held.resolve(new Response(null, { status: 500 }));
    await one.drain();
    expect(await hook.rows()).toEqual([]);
  });
});
