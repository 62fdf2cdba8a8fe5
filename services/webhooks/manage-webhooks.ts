import type { Clock } from "#lib/clock/clock.ts";
import { SCAN_EVENTS } from "#lib/contract/webhook-event.ts";
import { Fault } from "#lib/error/fault.ts";
import {
  newSecret,
  previousSecretMs,
  type Webhook,
  type WebhookChange,
  type WebhookDelivery,
  type WebhookDeliveryPage,
  type WebhookRequest,
  type WebhookWithSecret,
} from "./webhook.ts";

/** A URL in its canonical form, and its host. */
export interface Target {
  readonly url: string;
  readonly host: string;
}

/** Undefined, of all of them: the webhook, or delivery, is unknown or another user's. */
export interface WebhooksDeps {
  readonly clock: Clock;
  /** @throws Fault `WEBHOOK_URL_INVALID`, `WEBHOOK_ADDRESS_PRIVATE`. */
  checkUrl(text: string): Target;
  /** @throws Fault `TOO_MANY_WEBHOOKS`, `ACCOUNT_DELETED`. */
  add(
    userId: string,
    made: Target & { events: Webhook["events"]; secret: string },
  ): Promise<Webhook>;
  list(userId: string): Promise<Webhook[]>;
  find(userId: string, id: string): Promise<Webhook | undefined>;
  change(
    userId: string,
    id: string,
    change: Omit<WebhookChange, "url"> & { target: Target | undefined },
  ): Promise<Webhook | undefined>;
  /** With its deliveries. */
  remove(userId: string, id: string): Promise<boolean>;
  /** The secret until now is good until `previousUntil`; one before it is not. */
  rotate(
    userId: string,
    id: string,
    secret: string,
    previousUntil: Date,
  ): Promise<Webhook | undefined>;
  /** Queues a ping, unless one is pending. */
  ping(userId: string, id: string): Promise<WebhookDelivery | undefined>;
  /** Newest first; only those before `before`, when given. */
  deliveries(
    userId: string,
    id: string,
    page: {
      readonly before: string | undefined;
      readonly status: WebhookDelivery["status"] | undefined;
    },
    limit: number,
  ): Promise<WebhookDelivery[]>;
  /** Makes it due at once, with all attempts; one that is due within the lease of a worker stays as it is. */
  replay(userId: string, id: string, deliveryId: string): Promise<WebhookDelivery | undefined>;
}

export async function createWebhook(
  deps: WebhooksDeps,
  userId: string,
  { url, events = [...SCAN_EVENTS] }: WebhookRequest,
): Promise<WebhookWithSecret> {
  const secret = newSecret();
  const made = { ...deps.checkUrl(url), events: [...new Set(events)], secret };
  return { ...(await deps.add(userId, made)), secret };
}

export async function readWebhook(
  deps: Pick<WebhooksDeps, "find">,
  userId: string,
  id: string,
): Promise<Webhook> {
  return found(await deps.find(userId, id));
}

export async function changeWebhook(
  deps: WebhooksDeps,
  userId: string,
  id: string,
  { url, ...change }: WebhookChange,
): Promise<Webhook> {
  const target = url === undefined ? undefined : deps.checkUrl(url);
  return found(await deps.change(userId, id, { ...change, target }));
}

export async function removeWebhook(deps: WebhooksDeps, userId: string, id: string): Promise<void> {
  if (!(await deps.remove(userId, id))) throw new Fault("WEBHOOK_NOT_FOUND");
}

/** So that no delivery is refused while the receiver learns the new secret, each is signed with both for a day. */
export async function rotateSecret(
  deps: WebhooksDeps,
  userId: string,
  id: string,
): Promise<WebhookWithSecret> {
  const secret = newSecret();
  const previousUntil = new Date(deps.clock.now() + previousSecretMs);
  return { ...found(await deps.rotate(userId, id, secret, previousUntil)), secret };
}

export async function pingWebhook(
  deps: WebhooksDeps,
  userId: string,
  id: string,
): Promise<WebhookDelivery> {
  await findEnabled(deps, userId, id);
  return found(await deps.ping(userId, id));
}

export async function listDeliveries(
  deps: WebhooksDeps,
  userId: string,
  id: string,
  {
    cursor,
    limit,
    status,
  }: {
    readonly cursor: string | undefined;
    readonly limit: number;
    readonly status: WebhookDelivery["status"] | undefined;
  },
): Promise<WebhookDeliveryPage> {
  await readWebhook(deps, userId, id);
  // One row more than the limit shows whether there is a next page.
  const rows = await deps.deliveries(userId, id, { before: cursor, status }, limit + 1);
  const items = rows.slice(0, limit);
  return { items, next_cursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

export async function replayDelivery(
  deps: WebhooksDeps,
  userId: string,
  id: string,
  deliveryId: string,
): Promise<WebhookDelivery> {
  await findEnabled(deps, userId, id);
  const replayed = await deps.replay(userId, id, deliveryId);
  if (!replayed) throw new Fault("WEBHOOK_DELIVERY_NOT_FOUND");
  return replayed;
}

async function findEnabled(deps: WebhooksDeps, userId: string, id: string): Promise<void> {
  const { status } = await readWebhook(deps, userId, id);
  if (status === "disabled") throw new Fault("WEBHOOK_DISABLED");
}

function found<T>(one: T | undefined): T {
  if (one === undefined) throw new Fault("WEBHOOK_NOT_FOUND");
  return one;
}
