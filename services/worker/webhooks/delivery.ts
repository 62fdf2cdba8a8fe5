import type { WebhookFailure } from "#lib/contract/webhook-event.ts";

/**
 * A delivery of an event to a webhook:
 *
 *   pending ──2xx──▶ delivered
 *      │ ▲ └──no attempt left, or 410──▶ failed
 *      └─┘ failed attempt: later again          (delivered | failed ──replay by its owner──▶ pending)
 *
 * It is sent at least once, and in no promised order: `eventId` is what a receiver knows it by.
 */
export interface Delivery {
  readonly id: string;
  readonly eventId: string;
  readonly type: string;
  /** Milliseconds since the Unix epoch, as all times here. */
  readonly occurredAt: number;
  readonly data: unknown;
  /** This one included. */
  readonly attempts: number;
  /** When this attempt was due. */
  readonly dueAt: number;
  readonly webhook: {
    readonly id: string;
    readonly url: string;
    readonly host: string;
    /** Those that are valid, the newest first. */
    readonly secrets: readonly string[];
  };
}

/** How an attempt went. `status` is that of the response, null where there was none. */
export type Attempt =
  | { readonly failure: null; readonly status: number }
  | {
      readonly failure: WebhookFailure;
      readonly status: number | null;
      /** How long the receiver asked to wait. */
      readonly retryAfterMs?: number | undefined;
    };

/** What an attempt makes of its delivery. */
export type Settlement =
  | { readonly status: "delivered" }
  | { readonly status: "failed"; readonly isGone: boolean }
  | { readonly status: "pending"; readonly nextAttemptAt: number };

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** Waits between attempts: a restart is over in seconds, a weekend in three days. */
export const retryDelaysMs: readonly number[] = [
  ...[5 * second, 30 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour],
  ...[10 * hour, 14 * hour, 20 * hour, 24 * hour],
];

/** How long all attempts of a webhook must have failed before nothing more is sent to it. */
export const failingMsMax = 3 * 24 * hour;

/** What a 410 of HTTP says: do not come again. */
const gone = 410;
/** So that what failed together does not come again together. */
const jitterShare = 0.2;

/** @param random from 0 to 1 */
export function settle(
  { attempts }: Pick<Delivery, "attempts">,
  attempt: Attempt,
  now: number,
  random: number,
): Settlement {
  if (attempt.failure === null) return { status: "delivered" };
  const delayMs = retryDelaysMs[attempts - 1];
  const isGone = attempt.status === gone;
  if (isGone || delayMs === undefined) return { status: "failed", isGone };
  const jittered = delayMs * (1 + jitterShare * (2 * random - 1));
  const wantedMs = Math.min(attempt.retryAfterMs ?? 0, 24 * hour);
  return { status: "pending", nextAttemptAt: now + Math.max(jittered, wantedMs) };
}
