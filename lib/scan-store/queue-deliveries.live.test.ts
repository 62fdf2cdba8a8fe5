import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { asc, eq, inArray } from "drizzle-orm";
import postgres from "postgres";
import { DISABLED_REASONS, SCAN_EVENTS } from "#lib/contract/webhook-event.ts";
import { connectDatabase, type Database } from "#lib/db/client.ts";
import { migrate } from "#lib/db/migrate.ts";
import { deliveries, webhooks } from "#lib/db/webhook-schema.ts";
import type { ResultStore } from "#lib/scan/end-scan.ts";
import type { StoredResult } from "#lib/scan/scan-result.ts";
import { petClassification } from "#lib/testing/pet-bottle.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { createResultStore, readStoredScan } from "./result-store.ts";

const finishedAt = 1_800_000_000_123;
const newUser = () => `user-${crypto.randomUUID()}`;
const failed: StoredResult = {
  ...{ status: "failed", vision: null, answer: null, reward: null },
  error: { code: "IMAGE_NOT_FOUND", message: "사진을 찾을 수 없어요." },
};

function newRun(user_id: string) {
  const image_url = "https://cdn.example.com/a.jpg";
  const asked = { image_url, user_input: "이거?", model: "gpt-5.2" };
  return { message: { job_id: Bun.randomUUIDv7(), user_id, ...asked, submitted_at: 1 }, epoch: 0 };
}

describe("the end of a scan", () => {
  let database: Database;
  let store: ResultStore;
  beforeAll(async () => {
    await migrate(serviceUrls.DATABASE_URL);
    database = await connectDatabase(serviceUrls.DATABASE_URL);
    store = createResultStore(database);
  }, 30_000);
  afterAll(async () => {
    // Or a worker of a later test would try to send what they have.
    await database?.call((db) => db.delete(webhooks).where(inArray(webhooks.id, made)));
    await database?.close();
  }, 20_000);
  const made: string[] = [];

  async function addWebhook(
    userId: string,
    more: Partial<typeof webhooks.$inferInsert> = {},
  ): Promise<string> {
    const id = Bun.randomUUIDv7();
    const [url, host] = ["https://hooks.example.com/eco2", "hooks.example.com"];
    const row = { id, userId, url, host, events: [...SCAN_EVENTS], secret: "whsec_AAAA", ...more };
    await database.call((db) => db.insert(webhooks).values(row));
    made.push(id);
    return id;
  }
  const queued = (webhookId: string) =>
    database.call((db) =>
      db
        .select()
        .from(deliveries)
        .where(eq(deliveries.webhookId, webhookId))
        .orderBy(asc(deliveries.id)),
    );

  test("is queued with its result for each webhook of its owner, and for nobody else's", async () => {
    const [user, other] = [newUser(), newUser()];
    const hooks = [await addWebhook(user), await addWebhook(user)];
    const others = await addWebhook(other);
    const { message, epoch } = newRun(user);
    const meta = { user_input: "이거?", model: "gpt-5.2", estimate: false };
    const vision = { ...petClassification, meta };
    const completed: StoredResult = { ...failed, status: "completed", vision, error: null };
    await store.saveResult({ message, epoch }, completed, finishedAt);
    for (const hook of hooks) {
      expect(await queued(hook)).toEqual([
        expect.objectContaining({
          eventId: `scan_${message.job_id}_0`,
          type: "scan.completed",
          occurredAt: new Date(finishedAt),
          status: "pending",
          attempts: 0,
          data: {
            job_id: message.job_id,
            status: "completed",
            result_url: `/api/v1/scan/result/${message.job_id}`,
            error: null,
            major_category: "재활용폐기물",
            middle_category: "무색페트병",
            minor_category: "생수병",
          },
        }),
      ]);
    }
    expect(await queued(others)).toEqual([]);
  });

  test("is queued where its kind is asked for, and not while the webhook is disabled", async () => {
    const user = newUser();
    const completedOnly = await addWebhook(user, { events: ["scan.completed"] });
    const disabled = await Promise.all(
      DISABLED_REASONS.map((disabledReason) => addWebhook(user, { disabledReason })),
    );
    await store.saveResult(newRun(user), failed, finishedAt);
    await store.saveResult(
      newRun(user),
      { ...failed, status: "completed", error: null },
      finishedAt,
    );
    expect((await queued(completedOnly)).map(({ type }) => type)).toEqual(["scan.completed"]);
    for (const hook of disabled) expect(await queued(hook)).toEqual([]);
  });

  test("is queued once, however often it is stored; the end of a redrive is another event", async () => {
    const user = newUser();
    const hook = await addWebhook(user);
    const { message } = newRun(user);
    const save = (epoch: number, result = failed) =>
      store.saveResult({ message, epoch }, result, finishedAt);
    await Promise.all(Array.from({ length: 20 }, () => save(0)));
    await save(1, { ...failed, status: "completed", error: null });
    await save(1);
    expect((await queued(hook)).map(({ eventId, type }) => [eventId, type])).toEqual([
      [`scan_${message.job_id}_0`, "scan.failed"],
      [`scan_${message.job_id}_1`, "scan.completed"],
    ]);
    expect((await queued(hook))[0]?.data).toMatchObject({ error: failed.error });
  });

  test("is stored also where a webhook is deleted in that very moment, and its neighbours' too", async () => {
    const [user, other] = [newUser(), newUser()];
    const hook = await addWebhook(user);
    const sql = postgres(serviceUrls.DATABASE_URL, { max: 2, onnotice: () => undefined });
    try {
      const [one, neighbour] = [newRun(user), newRun(other)];
      let saved: Promise<unknown> = Promise.resolve();
      await sql.begin(async (tx) => {
        await tx`delete from webhooks.webhooks where id = ${hook}`;
        saved = Promise.all(
          [one, neighbour].map((run) => store.saveResult(run, failed, finishedAt)),
        );
        await until(async () => {
          const waiting = await sql`select 1 from pg_stat_activity
            where wait_event_type = 'Lock' and query like 'with written as (%'`;
          return waiting.length > 0;
        });
      });
      await saved;
      for (const { message } of [one, neighbour]) {
        expect(await readStoredScan(database, message.job_id)).toBeDefined();
      }
      expect(await queued(hook)).toEqual([]);
    } finally {
      await sql.end();
    }
  });
});
