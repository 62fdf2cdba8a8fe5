import { Hono } from "hono";
import * as v from "valibot";
import type { App, AppEnv } from "#lib/http/create-app.ts";
import { jsonBody } from "#lib/http/json-body.ts";
import { describe } from "#lib/http/openapi.ts";
import { requireUser } from "#lib/http/require-user.ts";
import { validate } from "#lib/http/validate.ts";
import {
  changeWebhook,
  createWebhook,
  listDeliveries,
  pingWebhook,
  readWebhook,
  removeWebhook,
  replayDelivery,
  rotateSecret,
  type WebhooksDeps,
} from "../manage-webhooks.ts";
import {
  Webhook,
  WebhookChange,
  WebhookDelivery,
  WebhookDeliveryPage,
  WebhookList,
  WebhookRequest,
  WebhookWithSecret,
} from "../webhook.ts";

const bodyBytesMax = 8 * 1024;

const deliveryId = v.pipe(v.string(), v.regex(/^[1-9]\d{0,17}$/));
const webhook_id = v.pipe(v.string(), v.uuid("INVALID_WEBHOOK_ID"));
const WebhookParam = v.object({ webhook_id });
const DeliveryParam = v.object({ webhook_id, delivery_id: deliveryId });
const PageQuery = v.object({
  cursor: v.optional(v.pipe(v.string(), v.regex(/^[1-9]\d{0,17}$/, "INVALID_CURSOR"))),
  limit: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,3}$/), v.transform(Number), v.minValue(1), v.maxValue(100)),
    "20",
  ),
  status: v.optional(v.picklist(["pending", "delivered", "failed"])),
});

export function createWebhookRoutes(deps: WebhooksDeps): App {
  const app = new Hono<AppEnv>();
  app.use("/api/v1/webhooks", requireUser());
  app.use("/api/v1/webhooks/*", requireUser());

  app.post(
    "/api/v1/webhooks",
    describeCreate,
    jsonBody(bodyBytesMax),
    validate("json", WebhookRequest),
    async (c) => c.json(await createWebhook(deps, c.get("userId"), c.req.valid("json")), 201),
  );
  app.get("/api/v1/webhooks", describeList, async (c) =>
    c.json({ items: await deps.list(c.get("userId")) }),
  );
  app.get(
    "/api/v1/webhooks/:webhook_id",
    describeRead,
    validate("param", WebhookParam),
    async (c) => c.json(await readWebhook(deps, c.get("userId"), c.req.valid("param").webhook_id)),
  );
  app.patch(
    "/api/v1/webhooks/:webhook_id",
    describeChange,
    validate("param", WebhookParam),
    jsonBody(bodyBytesMax),
    validate("json", WebhookChange),
    async (c) => {
      const { webhook_id: id } = c.req.valid("param");
      return c.json(await changeWebhook(deps, c.get("userId"), id, c.req.valid("json")));
    },
  );
  app.delete(
    "/api/v1/webhooks/:webhook_id",
    describeRemove,
    validate("param", WebhookParam),
    async (c) => {
      await removeWebhook(deps, c.get("userId"), c.req.valid("param").webhook_id);
      return c.body(null, 204);
    },
  );
  app.post(
    "/api/v1/webhooks/:webhook_id/secret",
    describeRotate,
    validate("param", WebhookParam),
    async (c) => c.json(await rotateSecret(deps, c.get("userId"), c.req.valid("param").webhook_id)),
  );
  deliveryRoutes(app, deps);
  return app;
}

function deliveryRoutes(app: Hono<AppEnv>, deps: WebhooksDeps): void {
  app.post(
    "/api/v1/webhooks/:webhook_id/ping",
    describePing,
    validate("param", WebhookParam),
    async (c) =>
      c.json(await pingWebhook(deps, c.get("userId"), c.req.valid("param").webhook_id), 202),
  );
  app.get(
    "/api/v1/webhooks/:webhook_id/deliveries",
    describeDeliveries,
    validate("param", WebhookParam),
    validate("query", PageQuery),
    async (c) => {
      const { cursor, limit, status } = c.req.valid("query");
      const page = { cursor, limit, status };
      const { webhook_id: id } = c.req.valid("param");
      return c.json(await listDeliveries(deps, c.get("userId"), id, page));
    },
  );
  app.post(
    "/api/v1/webhooks/:webhook_id/deliveries/:delivery_id/replay",
    describeReplay,
    validate("param", DeliveryParam),
    async (c) => {
      const { webhook_id: id, delivery_id } = c.req.valid("param");
      return c.json(await replayDelivery(deps, c.get("userId"), id, delivery_id), 202);
    },
  );
}

const tag = "webhooks";
const usual = ["UNAUTHENTICATED", "UNAVAILABLE"] as const;
const ofWebhook = [...usual, "INVALID_WEBHOOK_ID", "WEBHOOK_NOT_FOUND"] as const;
const bodyFaults = [
  ...(["MALFORMED_JSON", "CONTENT_TYPE_UNSUPPORTED", "BODY_TOO_LARGE"] as const),
  ...(["VALIDATION_FAILED", "WEBHOOK_EVENTS_INVALID"] as const),
  ...(["WEBHOOK_URL_INVALID", "WEBHOOK_ADDRESS_PRIVATE"] as const),
] as const;

const describeCreate = describe({
  id: "createWebhook",
  tag,
  summary: "Have a server of yours told of the ends of your scans; 10 webhooks a user",
  responses: {
    201: { description: "Made; the secret is not shown again", schema: WebhookWithSecret },
  },
  faults: [...usual, ...bodyFaults, "TOO_MANY_WEBHOOKS", "ACCOUNT_DELETED"],
});

const describeList = describe({
  id: "listWebhooks",
  tag,
  summary: "The caller's webhooks, oldest first",
  responses: { 200: { description: "Webhooks", schema: WebhookList } },
  faults: usual,
});

const describeRead = describe({
  id: "readWebhook",
  tag,
  summary: "One webhook, and why it is disabled",
  responses: { 200: { description: "The webhook", schema: Webhook } },
  faults: ofWebhook,
});

const describeChange = describe({
  id: "changeWebhook",
  tag,
  summary: "Change where it goes and what it is told of, disable it, enable it again",
  responses: { 200: { description: "The webhook", schema: Webhook } },
  faults: [...ofWebhook, ...bodyFaults],
});

const describeRemove = describe({
  id: "deleteWebhook",
  tag,
  summary: "Delete a webhook, with its secrets and deliveries",
  responses: { 204: { description: "Deleted" } },
  faults: ofWebhook,
});

const describeRotate = describe({
  id: "rotateWebhookSecret",
  tag,
  summary:
    "Give a webhook a new secret; for 24 hours deliveries are signed with the last one as well",
  responses: {
    200: { description: "The new secret, which is not shown again", schema: WebhookWithSecret },
  },
  faults: ofWebhook,
});

const describePing = describe({
  id: "pingWebhook",
  tag,
  summary: "Send an event webhook.ping, as a try; there is one at a time",
  responses: { 202: { description: "Queued", schema: WebhookDelivery } },
  faults: [...ofWebhook, "WEBHOOK_DISABLED"],
});

const describeDeliveries = describe({
  id: "listWebhookDeliveries",
  tag,
  summary: "What was, or is to be, delivered to a webhook in the last 30 days, newest first",
  responses: { 200: { description: "One page", schema: WebhookDeliveryPage } },
  faults: [...ofWebhook, "VALIDATION_FAILED", "INVALID_CURSOR"],
});

const describeReplay = describe({
  id: "replayWebhookDelivery",
  tag,
  summary: "Send a delivery again, at once and under the same id",
  responses: { 202: { description: "Queued", schema: WebhookDelivery } },
  faults: [...ofWebhook, "VALIDATION_FAILED", "WEBHOOK_DELIVERY_NOT_FOUND", "WEBHOOK_DISABLED"],
});
