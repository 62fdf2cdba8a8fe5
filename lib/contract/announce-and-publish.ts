import { Fault } from "#lib/error/fault.ts";

export interface PublishDeps<Message> {
  /**
   * Makes `queued` visible. The returned function takes the job back; with `mayCome`, or where a message of an
   * earlier submit may still come, no stage of it begins before it is queued again. It returns false when a stage
   * has begun already, and throws when it cannot make sure of either.
   */
  emitQueued(message: Message): Promise<(mayCome: boolean) => Promise<boolean>>;
  /**
   * "unknown" when no confirm came: the message may come to its queue all the same.
   *
   * @throws Fault `UNAVAILABLE` when the broker has refused it.
   */
  publish(message: Message, traceparent: string): Promise<"confirmed" | "unknown">;
}

/**
 * `queued` is emitted before the publish, so that no event of a stage can precede it.
 *
 * @throws Fault `UNAVAILABLE` when the job does not run; `SUBMIT_UNCONFIRMED` when nobody knows.
 */
export async function announceAndPublish<Message>(
  deps: PublishDeps<Message>,
  message: Message,
  traceparent: string,
): Promise<void> {
  const retract = await deps.emitQueued(message);
  let refused: unknown;
  try {
    if ((await deps.publish(message, traceparent)) === "confirmed") return;
  } catch (error) {
    refused = error;
  }
  const isRetracted = await retract(refused === undefined).catch((cause: unknown) => {
    throw unconfirmedSubmit(cause);
  });
  // A stage that has begun is as good as a confirm.
  if (isRetracted) throw refused ?? new Fault("UNAVAILABLE", { cause: new Error("no confirm") });
}

/** From such a response on, until its idempotency key is taken over. */
const takeoverMs = 10_000;

/** Nobody knows whether the job runs. */
export function unconfirmedSubmit(cause: unknown): Fault {
  return new Fault("SUBMIT_UNCONFIRMED", { cause, retryAfterMs: takeoverMs });
}

/** Then whatever belongs to the job stays, and so does its idempotency key, for a retry to take it over. */
export function mayRun(error: unknown): boolean {
  return error instanceof Fault && error.code === "SUBMIT_UNCONFIRMED";
}
