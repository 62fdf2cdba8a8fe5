import { inArray, lt, type SQL, sql } from "drizzle-orm";
import type { Database } from "#lib/db/client.ts";
import { deliveries, webhooks } from "#lib/db/webhook-schema.ts";
import { deliveryLeaseMs } from "#lib/webhook/delivery-lease.ts";
import type { ClaimRoom, DeliverDeps } from "../webhooks/deliver.ts";
import {
  type Attempt,
  type Delivery,
  failingMsMax,
  type Settlement,
} from "../webhooks/delivery.ts";

/** For this long an owner finds, and replays, what was sent; what a disabled webhook has not got waits as long. */
const keptMs = 30 * 86_400_000;
const sweptMax = 10_000;

/** `webhooks.deliveries` as the outbox of all workers, which share it without a leader. */
export function createWebhookOutbox(database: Database): DeliverDeps["outbox"] & {
  /** Deletes old deliveries. */
  sweep(now: number): Promise<void>;
} {
  return {
    claim: async (now, room) => {
      const rows = await database.call((db) => db.execute<ClaimedRow>(claimStatement(now, room)));
      return rows.map(toDelivery);
    },
    settle: async (delivery, attempt, settlement, now) => {
      if (settlement.status === "delivered") {
        await database.call((db) => db.execute(deliveredStatement(delivery, attempt.status)));
        return undefined;
      }
      const [row] = await database.call((db) =>
        db.execute<{ reason: string | null }>(failedStatement(delivery, attempt, settlement, now)),
      );
      return row?.reason ?? undefined;
    },
    sweep: async (now) => {
      const isOld = lt(deliveries.createdAt, new Date(now - keptMs));
      await database.call((db) => {
        const old = db.select({ id: deliveries.id }).from(deliveries).where(isOld).limit(sweptMax);
        return db.delete(deliveries).where(inArray(deliveries.id, old));
      });
    },
  };
}

interface ClaimedRow extends Record<string, unknown> {
  readonly id: string;
  readonly event_id: string;
  readonly type: string;
  readonly occurred_ms: number;
  readonly due_ms: number;
  readonly data: unknown;
  readonly attempts: number;
  readonly webhook_id: string;
  readonly url: string;
  readonly host: string;
  readonly secret: string;
  readonly previous_secret: string | null;
}

function toDelivery(row: ClaimedRow): Delivery {
  const { webhook_id, url, host, secret, previous_secret: previous } = row;
  const secrets = previous === null ? [secret] : [secret, previous];
  return {
    ...{ id: row.id, eventId: row.event_id, type: row.type, data: row.data },
    ...{ occurredAt: row.occurred_ms, dueAt: row.due_ms, attempts: row.attempts },
    webhook: { id: webhook_id, url, host, secrets },
  };
}

const time = (ms: number): SQL => sql`${new Date(ms).toISOString()}::timestamptz`;

/**
 * The oldest that is due of each webhook, by a step in the index from webhook to webhook: a backlog of one, however
 * long, is one step. Which webhooks come first is chance, so that no number of slow ones is always before the others.
 * An attempt counts when it begins: a delivery that kills its worker does not come for ever.
 */
function claimStatement(now: number, { limit, hostMax, running }: ClaimRoom): SQL {
  return sql`
    with recursive waiting(id) as (
      (select webhook_id from ${deliveries} where status = 'pending' order by webhook_id limit 1)
      union all
      select (select webhook_id from ${deliveries}
        where status = 'pending' and webhook_id > waiting.id order by webhook_id limit 1)
      from waiting where waiting.id is not null
    ), running as (
      select * from json_to_recordset(${JSON.stringify(running)}::json) as r(id uuid, host text)
    ), due as (
      select oldest.id, row_number() over (partition by webhook.host order by random())
        + (select count(*) from running where running.host = webhook.host) as of_host
      from waiting join ${webhooks} as webhook on webhook.id = waiting.id
      cross join lateral (
        select id from ${deliveries} as one where one.webhook_id = webhook.id
          and one.status = 'pending' and one.next_attempt_at <= ${time(now)}
        order by one.next_attempt_at limit 1) as oldest
      where webhook.disabled_reason is null and webhook.id not in (select id from running)
    ), claimed as (
      select id, next_attempt_at as due_at from ${deliveries}
      where id in (select id from due where of_host <= ${hostMax} order by random() limit ${limit})
        and status = 'pending' and next_attempt_at <= ${time(now)}
      for update skip locked
    )
    update ${deliveries} as mine set attempts = mine.attempts + 1, last_attempt_at = ${time(now)},
      next_attempt_at = ${time(now + deliveryLeaseMs)}
    from claimed, ${webhooks} as webhook
    where mine.id = claimed.id and webhook.id = mine.webhook_id
    returning mine.id::text, mine.event_id, mine.type, mine.data, mine.attempts, mine.webhook_id,
      (extract(epoch from mine.occurred_at) * 1000)::float8 as occurred_ms,
      (extract(epoch from claimed.due_at) * 1000)::float8 as due_ms,
      webhook.url, webhook.host,
      webhook.secret, case when webhook.previous_secret_until > ${time(now)}
        then webhook.previous_secret end as previous_secret`;
}

/** The webhook is locked before its delivery, as whoever deletes it does. */
const lockedWebhook = ({ webhook }: Delivery): SQL => sql`hook as (
  select id, failing_since from ${webhooks} where id = ${webhook.id}::uuid for no key update)`;

/** Also where another worker has it by now: it has arrived. */
function deliveredStatement(delivery: Delivery, status: number | null): SQL {
  return sql`
    with ${lockedWebhook(delivery)}, cleared as (
      update ${webhooks} as webhook set failing_since = null, last_failure = null, last_status = null
      from hook where webhook.id = hook.id and hook.failing_since is not null
    )
    update ${deliveries} as mine set status = 'delivered', last_status = ${status}::int, last_failure = null
    from hook where mine.id = ${delivery.id}::bigint and mine.webhook_id = hook.id`;
}

/**
 * The webhook is noted as failing, and disabled when it has been for days. The delivery stays as it is where another
 * worker has taken the attempt over, or the owner has begun anew.
 */
function failedStatement(
  delivery: Delivery,
  attempt: Attempt,
  settlement: Exclude<Settlement, { status: "delivered" }>,
  now: number,
): SQL {
  const isGone = settlement.status === "failed" && settlement.isGone;
  const nextAt = settlement.status === "pending" ? settlement.nextAttemptAt : now;
  const outcome = sql`last_failure = ${attempt.failure}::text, last_status = ${attempt.status}::int`;
  return sql`
    with ${lockedWebhook(delivery)}, noted as (
      update ${webhooks} as webhook set ${outcome},
        failing_since = coalesce(webhook.failing_since, ${time(now)}),
        disabled_reason = coalesce(webhook.disabled_reason, case when ${isGone}::boolean then 'gone'
          when webhook.failing_since <= ${time(now - failingMsMax)} then 'failing' end)
      from hook where webhook.id = hook.id
      returning webhook.disabled_reason
    ), kept as (
      update ${deliveries} as mine set ${outcome}, status = ${settlement.status}::text,
        next_attempt_at = ${time(nextAt)}
      from hook where mine.id = ${delivery.id}::bigint and mine.webhook_id = hook.id
        and mine.status = 'pending' and mine.attempts = ${delivery.attempts}::int
    )
    select disabled_reason as reason from noted`;
}
