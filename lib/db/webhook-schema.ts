import { sql } from "drizzle-orm";
import {
  bigint,
  index,
  integer,
  jsonb,
  pgSchema,
  text,
  timestamp,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import {
  DISABLED_REASONS,
  SCAN_EVENTS,
  WEBHOOK_EVENTS,
  WEBHOOK_FAILURES,
} from "#lib/contract/webhook-event.ts";

const time = (name: string) => timestamp(name, { withTimezone: true });

export const webhookSchema = pgSchema("webhooks");

/** Where a user's server wants to be told of the ends of their scans. */
export const webhooks = webhookSchema.table(
  "webhooks",
  {
    id: uuid("id").primaryKey(),
    userId: text("user_id").notNull(),
    url: text("url").notNull(),
    /** Of the URL: all webhooks of one host share a bound (`services/worker/adapters/webhook-outbox.ts`). */
    host: text("host").notNull(),
    events: text("events", { enum: SCAN_EVENTS }).array().notNull(),
    /** As it is: a hash of it could check a signature no better than make one. */
    secret: text("secret").notNull(),
    previousSecret: text("previous_secret"),
    previousSecretUntil: time("previous_secret_until"),
    /** Null while it is enabled. */
    disabledReason: text("disabled_reason", { enum: DISABLED_REASONS }),
    /** First failed attempt since the last good one. */
    failingSince: time("failing_since"),
    lastFailure: text("last_failure", { enum: WEBHOOK_FAILURES }),
    lastStatus: integer("last_status"),
    createdAt: time("created_at").notNull().defaultNow(),
  },
  (t) => [index("webhooks_user").on(t.userId, t.id)],
);

/**
 * A transactional outbox: what is to be delivered, and what has become of it. The rows of a scan are written by the
 * statement that stores its end (`lib/scan-store/result-store.ts`).
 */
export const deliveries = webhookSchema.table(
  "deliveries",
  {
    id: bigint("id", { mode: "bigint" }).primaryKey().generatedAlwaysAsIdentity(),
    webhookId: uuid("webhook_id")
      .notNull()
      .references(() => webhooks.id, { onDelete: "cascade" }),
    /** Stays the same whenever it is sent again: receivers know by it what they have had. */
    eventId: text("event_id").notNull(),
    type: text("type", { enum: WEBHOOK_EVENTS }).notNull(),
    occurredAt: time("occurred_at").notNull(),
    data: jsonb("data").notNull(),
    status: text("status", { enum: ["pending", "delivered", "failed"] })
      .notNull()
      .default("pending"),
    attempts: integer("attempts").notNull().default(0),
    /** Of a pending one; while it is being sent, when its worker is taken for dead. */
    nextAttemptAt: time("next_attempt_at").notNull().defaultNow(),
    lastAttemptAt: time("last_attempt_at"),
    lastFailure: text("last_failure", { enum: WEBHOOK_FAILURES }),
    lastStatus: integer("last_status"),
    createdAt: time("created_at").notNull().defaultNow(),
  },
  (t) => [
    unique("deliveries_webhook_event").on(t.webhookId, t.eventId),
    index("deliveries_webhook").on(t.webhookId, t.id),
    index("deliveries_due").on(t.webhookId, t.nextAttemptAt).where(sql`${t.status} = 'pending'`),
    index("deliveries_created").on(t.createdAt),
  ],
);
