import * as v from "valibot";
import { named } from "./named.ts";

/** What a webhook may be told of. */
export const SCAN_EVENTS = ["scan.completed", "scan.failed"] as const;

/** What a user sends to try a webhook. */
export const pingEvent = "webhook.ping";

export const WEBHOOK_EVENTS = [...SCAN_EVENTS, pingEvent] as const;

/** Why no more is delivered to a webhook: its owner's wish, days of failures, or its 410. */
export const DISABLED_REASONS = ["owner", "failing", "gone"] as const;

/**
 * Why an attempt failed: an answer that is not 2xx, a redirect, no answer in time, no connection, or an address that is
 * not on the public internet.
 */
export const WEBHOOK_FAILURES = [
  "status",
  "redirect",
  "timeout",
  "unreachable",
  "private",
] as const;
export type WebhookFailure = (typeof WEBHOOK_FAILURES)[number];

/**
 * The body of a delivery. Of a scan it has what a receiver decides by; the rest is behind `result_url`, for its owner's
 * token. `data` of a ping is empty.
 */
export const WebhookEvent = named(
  "WebhookEvent",
  v.object({
    type: v.picklist(WEBHOOK_EVENTS),
    /** When it happened. */
    timestamp: v.pipe(v.string(), v.isoTimestamp()),
    data: v.union([
      v.strictObject({
        job_id: v.pipe(v.string(), v.uuid()),
        status: v.picklist(["completed", "failed"]),
        result_url: v.string(),
        major_category: v.nullable(v.string()),
        middle_category: v.nullable(v.string()),
        minor_category: v.nullable(v.string()),
        error: v.nullable(v.object({ code: v.string(), message: v.string() })),
      }),
      v.strictObject({}),
    ]),
  }),
  {
    type: "scan.completed",
    timestamp: "2026-03-01T09:00:00.000Z",
    data: {
      job_id: "019bd000-0000-7000-8000-000000000001",
      status: "completed",
      result_url: "/api/v1/scan/result/019bd000-0000-7000-8000-000000000001",
      major_category: "재활용폐기물",
      middle_category: "유리병",
      minor_category: "와인병",
      error: null,
    },
  },
);
