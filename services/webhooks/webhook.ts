import * as v from "valibot";
import { named } from "#lib/contract/named.ts";
import { optionalField } from "#lib/contract/optional-field.ts";
import {
  DISABLED_REASONS,
  SCAN_EVENTS,
  WEBHOOK_EVENTS,
  WEBHOOK_FAILURES,
} from "#lib/contract/webhook-event.ts";

/**
 * A webhook, as its owner sees it:
 *
 *   enabled ──owner · days of failures · 410──▶ disabled ──owner──▶ enabled
 *
 * What ends while it is disabled is not queued; what was queued before waits.
 */

export const webhooksPerUserMax = 10;
/** As long as a receiver may take to learn the new secret. */
export const previousSecretMs = 24 * 3_600_000;

const url = v.pipe(
  v.string("WEBHOOK_URL_INVALID"),
  v.maxLength(2_048, "WEBHOOK_URL_INVALID"),
  v.description("https, on the public internet"),
);
const events = v.pipe(
  v.array(v.picklist(SCAN_EVENTS, "WEBHOOK_EVENTS_INVALID"), "WEBHOOK_EVENTS_INVALID"),
  v.minLength(1, "WEBHOOK_EVENTS_INVALID"),
  v.maxLength(SCAN_EVENTS.length, "WEBHOOK_EVENTS_INVALID"),
);

export const WebhookRequest = named(
  "WebhookRequest",
  v.object({ url, events: optionalField(events) }, "WEBHOOK_URL_INVALID"),
  { url: "https://hooks.example.com/eco2", events: ["scan.completed", "scan.failed"] },
);
export type WebhookRequest = v.InferOutput<typeof WebhookRequest>;

export const WebhookChange = named(
  "WebhookChange",
  v.object({
    url: optionalField(url),
    events: optionalField(events),
    enabled: optionalField(v.boolean()),
  }),
  { enabled: true },
);
export type WebhookChange = v.InferOutput<typeof WebhookChange>;

const time = v.pipe(v.string(), v.isoTimestamp());
const id = v.pipe(v.string(), v.uuid());
const secret = v.pipe(
  v.string(),
  v.description("`whsec_` and the key in base64. It is shown this once"),
);

const failure = {
  /** Of the last attempt, unless it was good. */
  last_failure: v.nullable(v.picklist(WEBHOOK_FAILURES)),
  /** HTTP status of the last response that failed. */
  last_status: v.nullable(v.number()),
};

const shown = {
  id,
  url: v.string(),
  events: v.array(v.picklist(SCAN_EVENTS)),
  status: v.picklist(["enabled", "disabled"]),
  /** `owner`, `failing` for days, or `gone`: its receiver has answered 410. */
  disabled_reason: v.nullable(v.picklist(DISABLED_REASONS)),
  failing_since: v.nullable(time),
  ...failure,
  /** Until then deliveries are signed with the secret before this one as well. */
  previous_secret_until: v.nullable(time),
  created_at: time,
};
const example = {
  id: "019bd000-0000-7000-8000-000000000002",
  url: "https://hooks.example.com/eco2",
  events: ["scan.completed", "scan.failed"],
  status: "enabled",
  disabled_reason: null,
  failing_since: null,
  last_failure: null,
  last_status: null,
  previous_secret_until: null,
  created_at: "2026-03-01T09:00:00.000Z",
} satisfies v.InferInput<v.ObjectSchema<typeof shown, undefined>>;

export const Webhook = named("Webhook", v.object(shown), example);
export type Webhook = v.InferOutput<typeof Webhook>;

/** With its secret, which is shown when it is made and when it is rotated. */
export const WebhookWithSecret = named("WebhookWithSecret", v.object({ ...shown, secret }), {
  ...example,
  secret: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
});
export type WebhookWithSecret = v.InferOutput<typeof WebhookWithSecret>;

export const WebhookList = named("WebhookList", v.object({ items: v.array(Webhook) }));

export const WebhookDelivery = named(
  "WebhookDelivery",
  v.object({
    id: v.pipe(v.string(), v.regex(/^[1-9]\d{0,17}$/)),
    /** The header `webhook-id`: the same whenever it is sent again. */
    event_id: v.string(),
    type: v.picklist(WEBHOOK_EVENTS),
    status: v.picklist(["pending", "delivered", "failed"]),
    attempts: v.number(),
    ...failure,
    occurred_at: time,
    last_attempt_at: v.nullable(time),
    /** Null for one that is not pending. */
    next_attempt_at: v.nullable(time),
  }),
  {
    id: "42",
    event_id: "scan_019bd000-0000-7000-8000-000000000001_0",
    type: "scan.completed",
    status: "delivered",
    attempts: 1,
    last_failure: null,
    last_status: 204,
    occurred_at: "2026-03-01T09:00:00.000Z",
    last_attempt_at: "2026-03-01T09:00:01.000Z",
    next_attempt_at: null,
  },
);
export type WebhookDelivery = v.InferOutput<typeof WebhookDelivery>;

export const WebhookDeliveryPage = named(
  "WebhookDeliveryPage",
  v.object({
    items: v.array(WebhookDelivery),
    /** Pass it as `cursor` for the next page; null on the last one. */
    next_cursor: v.nullable(v.string()),
  }),
);
export type WebhookDeliveryPage = v.InferOutput<typeof WebhookDeliveryPage>;

/** Of 32 bytes, as much as the hash has. */
export function newSecret(): string {
  return `whsec_${crypto.getRandomValues(new Uint8Array(32)).toBase64()}`;
}
