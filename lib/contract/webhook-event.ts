/** What a webhook may be told of. */
export const SCAN_EVENTS = ["scan.completed", "scan.failed"] as const;

/** What a user sends to try a webhook. */
const pingEvent = "webhook.ping";

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
