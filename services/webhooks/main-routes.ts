import { systemClock } from "#lib/clock/clock.ts";
import type { Database } from "#lib/db/client.ts";
import type { App } from "#lib/http/create-app.ts";
import { checkWebhookUrl } from "#lib/webhook/webhook-url.ts";
import { createWebhookRoutes } from "./adapters/http.ts";
import { createWebhookStore } from "./adapters/postgres.ts";
import type { WebhooksConfig } from "./config.ts";

/** The webhook API over a real connection, for its own process and for edge. */
export function webhookRoutes(
  { WEBHOOK_LOOPBACK: loopback }: Pick<WebhooksConfig, "WEBHOOK_LOOPBACK">,
  { database }: { database: Database },
): App {
  const clock = systemClock;
  return createWebhookRoutes({
    clock,
    checkUrl: (text) => {
      const { href, hostname } = checkWebhookUrl(text, loopback).url;
      return { url: href, host: hostname };
    },
    ...createWebhookStore(database, clock),
  });
}
