import { and, asc, desc, eq, gt, lt, ne, or, sql } from "drizzle-orm";
import type { Clock } from "#lib/clock/clock.ts";
import { pingEvent } from "#lib/contract/webhook-event.ts";
import type { Database } from "#lib/db/client.ts";
import { notDeleted } from "#lib/db/not-deleted.ts";
import type { Drizzle, Transaction } from "#lib/db/pool.ts";
import { deliveries, webhooks } from "#lib/db/webhook-schema.ts";
import { Fault } from "#lib/error/fault.ts";
import { deliveryLeaseMs } from "#lib/webhook/delivery-lease.ts";
import { removeDeliveries } from "#lib/webhook/remove-deliveries.ts";
import type { WebhooksDeps } from "../manage-webhooks.ts";
import { type Webhook, type WebhookDelivery, webhooksPerUserMax } from "../webhook.ts";

const own = (userId: string, id: string) => and(eq(webhooks.id, id), eq(webhooks.userId, userId));

type Store = Omit<WebhooksDeps, "clock" | "checkUrl">;

export function createWebhookStore(database: Database, clock: Clock): Store {
  return {
    add: (userId, made) => database.call((db) => db.transaction((tx) => add(tx, userId, made))),
    list: async (userId) => {
      const rows = await database.call((db) =>
        db.select().from(webhooks).where(eq(webhooks.userId, userId)).orderBy(asc(webhooks.id)),
      );
      return rows.map((row) => toWebhook(row, clock.now()));
    },
    find: async (userId, id) => {
      const [row] = await database.call((db) => db.select().from(webhooks).where(own(userId, id)));
      return row && toWebhook(row, clock.now());
    },
    change: (userId, id, { target, events, enabled }) => {
      // Another receiver, or a fresh start: what the old one has failed with says nothing.
      const anew = { failingSince: null, lastFailure: null, lastStatus: null };
      const set = {
        ...(target && { ...target, ...anew }),
        ...(events && { events: [...new Set(events)] }),
        ...(enabled === true && { disabledReason: null, ...anew }),
        ...(enabled === false && { disabledReason: "owner" as const }),
      };
      return Object.keys(set).length === 0
        ? createWebhookStore(database, clock).find(userId, id)
        : update(database, clock, userId, id, set);
    },
    remove: async (userId, id) => {
      // Nothing more is queued, so the steps come to an end.
      const off = await update(database, clock, userId, id, { disabledReason: "owner" });
      if (!off) return false;
      await removeDeliveries(database, sql`${deliveries.webhookId} = ${id}`);
      await database.call((db) => db.delete(webhooks).where(own(userId, id)));
      return true;
    },
    rotate: (userId, id, secret, previousSecretUntil) =>
      update(database, clock, userId, id, {
        secret,
        previousSecret: sql`${webhooks.secret}`,
        previousSecretUntil,
      }),
    ping: (userId, id) =>
      database.call((db) => db.transaction((tx) => ping(tx, userId, id, clock))),
    deliveries: async (userId, id, { before, status }, limit) => {
      const conditions = [
        isOwnDelivery(userId, id),
        before === undefined ? undefined : lt(deliveries.id, BigInt(before)),
        status && eq(deliveries.status, status),
      ];
      const rows = await database.call((db) =>
        db
          .select()
          .from(deliveries)
          .where(and(...conditions))
          .orderBy(desc(deliveries.id))
          .limit(limit),
      );
      return rows.map(toDelivery);
    },
    replay: (userId, id, deliveryId) =>
      database.call((db) => replay(db, clock, isOwnDelivery(userId, id), BigInt(deliveryId))),
  };
}

const isOwnDelivery = (userId: string, id: string) =>
  sql`${deliveries.webhookId} in (select id from ${webhooks} where ${own(userId, id)})`;

/** Of two at once, one waits for the other: neither sees the other's row before it is there. */
async function add(
  tx: Transaction,
  userId: string,
  { url, host, events, secret }: Parameters<Store["add"]>[1],
): Promise<Webhook> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`webhooks:${userId}`}, 0))`);
  const count = await tx.$count(webhooks, eq(webhooks.userId, userId));
  if (count >= webhooksPerUserMax) throw new Fault("TOO_MANY_WEBHOOKS");
  const id = Bun.randomUUIDv7();
  await tx.execute(sql`insert into ${webhooks} (id, user_id, url, host, events, secret)
    select ${id}::uuid, ${userId}::text, ${url}::text, ${host}::text,
      string_to_array(${events.join(",")}::text, ','), ${secret}::text
    where ${notDeleted(sql`${userId}::text`)}`);
  const [row] = await tx.select().from(webhooks).where(eq(webhooks.id, id));
  if (!row) throw new Fault("ACCOUNT_DELETED");
  return toWebhook(row, 0);
}

async function update(
  database: Database,
  clock: Clock,
  userId: string,
  id: string,
  set: Parameters<ReturnType<Drizzle["update"]>["set"]>[0],
): Promise<Webhook | undefined> {
  const [row] = await database.call((db) =>
    db.update(webhooks).set(set).where(own(userId, id)).returning(),
  );
  return row && toWebhook(row, clock.now());
}

/** One ping a webhook: those that are over make room, so that their number is bounded. */
async function ping(
  tx: Transaction,
  userId: string,
  id: string,
  clock: Clock,
): Promise<WebhookDelivery | undefined> {
  const [webhook] = await tx.select().from(webhooks).where(own(userId, id)).for("no key update");
  if (!webhook) return undefined;
  const isPing = and(eq(deliveries.webhookId, id), eq(deliveries.type, pingEvent));
  const [pending] = await tx
    .select()
    .from(deliveries)
    .where(and(isPing, eq(deliveries.status, "pending")));
  if (pending) return toDelivery(pending);
  await tx.delete(deliveries).where(and(isPing, ne(deliveries.status, "pending")));
  const occurredAt = new Date(clock.now());
  const made = { webhookId: id, type: pingEvent, occurredAt, data: {} } as const;
  const [row] = await tx
    .insert(deliveries)
    .values({ ...made, eventId: `ping_${Bun.randomUUIDv7()}`, nextAttemptAt: occurredAt })
    .returning();
  return row && toDelivery(row);
}

/** One whose attempt may be under way, or comes by itself within the lease, is left alone. */
async function replay(
  db: Drizzle,
  clock: Clock,
  isOwn: ReturnType<typeof isOwnDelivery>,
  id: bigint,
): Promise<WebhookDelivery | undefined> {
  const [now, soon] = [new Date(clock.now()), new Date(clock.now() + deliveryLeaseMs)];
  const isIdle = or(ne(deliveries.status, "pending"), gt(deliveries.nextAttemptAt, soon));
  const one = and(eq(deliveries.id, id), isOwn);
  const [replayed] = await db
    .update(deliveries)
    .set({
      status: "pending",
      attempts: 0,
      nextAttemptAt: now,
      lastFailure: null,
      lastStatus: null,
    })
    .where(and(one, isIdle))
    .returning();
  const [row] = replayed ? [replayed] : await db.select().from(deliveries).where(one);
  return row && toDelivery(row);
}

const iso = (date: Date | null) => date?.toISOString() ?? null;

function toWebhook(row: typeof webhooks.$inferSelect, now: number): Webhook {
  const until = row.previousSecretUntil;
  return {
    id: row.id,
    url: row.url,
    events: row.events,
    status: row.disabledReason === null ? "enabled" : "disabled",
    disabled_reason: row.disabledReason,
    failing_since: iso(row.failingSince),
    last_failure: row.lastFailure,
    last_status: row.lastStatus,
    previous_secret_until: until && until.getTime() > now ? iso(until) : null,
    created_at: row.createdAt.toISOString(),
  };
}

function toDelivery(row: typeof deliveries.$inferSelect): WebhookDelivery {
  return {
    id: String(row.id),
    event_id: row.eventId,
    type: row.type,
    status: row.status,
    attempts: row.attempts,
    last_failure: row.lastFailure,
    last_status: row.lastStatus,
    occurred_at: row.occurredAt.toISOString(),
    last_attempt_at: iso(row.lastAttemptAt),
    next_attempt_at: row.status === "pending" ? iso(row.nextAttemptAt) : null,
  };
}
