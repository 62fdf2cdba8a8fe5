import { createHmac } from "node:crypto";
import type { Clock } from "#lib/clock/clock.ts";
import { Fault } from "#lib/error/fault.ts";
import { openPinned, type ResolveHost, systemResolveHost } from "#lib/http/pinned-request.ts";
import { checkWebhookUrl } from "#lib/webhook/webhook-url.ts";
import type { Attempt, Delivery } from "../webhooks/delivery.ts";

/** Name lookup, connection and the head of the response; well below `deliveryLeaseMs`. */
const deadlineMsDefault = 10_000;

interface SenderOptions {
  readonly clock: Clock;
  readonly loopback: "refuse" | "allow";
  readonly resolve?: ResolveHost;
  /** Certificates to trust in place of the system's, PEM. */
  readonly ca?: string;
  readonly deadlineMs?: number;
}

/**
 * Posts a delivery, signed as Standard Webhooks has it, to an address that was checked: the border of photo URLs,
 * without a list of hosts. Nothing of the response but its status and `Retry-After` is read. Never rejects.
 */
export function createWebhookSender({
  clock,
  loopback,
  resolve = systemResolveHost,
  ca,
  deadlineMs = deadlineMsDefault,
}: SenderOptions): (delivery: Delivery) => Promise<Attempt> {
  return async (delivery) => {
    const body = bodyOf(delivery);
    const headers = headersOf(delivery, body, clock.now());
    const signal = AbortSignal.timeout(deadlineMs);
    try {
      const { url, allowPrivate } = checkWebhookUrl(delivery.webhook.url, loopback);
      const response = await openPinned(url, {
        ...{ resolve, allowPrivate, ca, signal, headers, body, method: "POST" },
        refusal: "WEBHOOK_ADDRESS_PRIVATE",
      });
      await response.body?.cancel();
      return attemptOf(response);
    } catch (error) {
      if (signal.aborted) return { failure: "timeout", status: null };
      const isPrivate = error instanceof Fault && error.code === "WEBHOOK_ADDRESS_PRIVATE";
      return { failure: isPrivate ? "private" : "unreachable", status: null };
    }
  };
}

function bodyOf({ type, occurredAt, data }: Delivery): string {
  return JSON.stringify({ type, timestamp: new Date(occurredAt).toISOString(), data });
}

function headersOf({ eventId, webhook }: Delivery, body: string, now: number) {
  const timestamp = String(Math.floor(now / 1_000));
  const signed = `${eventId}.${timestamp}.${body}`;
  return {
    "content-type": "application/json",
    "webhook-id": eventId,
    "webhook-timestamp": timestamp,
    "webhook-signature": webhook.secrets.map((secret) => signWebhook(secret, signed)).join(" "),
  };
}

/** @param secret `whsec_` and the key in base64 */
export function signWebhook(secret: string, text: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  return `v1,${createHmac("sha256", key).update(text).digest("base64")}`;
}

function attemptOf({ status, headers }: Response): Attempt {
  if (status >= 200 && status < 300) return { failure: null, status };
  if (status >= 300 && status < 400) return { failure: "redirect", status };
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  const retryAfterMs = seconds > 0 ? seconds * 1_000 : undefined;
  return { failure: "status", status, retryAfterMs };
}
