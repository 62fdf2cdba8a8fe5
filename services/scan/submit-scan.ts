import type { Clock } from "#lib/clock/clock.ts";
import { Fault, type Quota } from "#lib/error/fault.ts";
import type { ScanMessage } from "#lib/scan/scan-message.ts";
import { type AdmitDeps, admitSubmit } from "./admit-submit.ts";
import { type SubmitAnswer, type SubmitRequest, submitAnswer } from "./scan.ts";

/** What came of claiming an idempotency key. */
export type Claim =
  /** Ours; the job id to use, which is an earlier one where a submit died half-way. */
  | { readonly kind: "claimed"; readonly jobId: string }
  | { readonly kind: "answered"; readonly jobId: string }
  | { readonly kind: "in_flight" }
  | { readonly kind: "mismatch" };

export interface SubmitDeps extends AdmitDeps {
  readonly models: { readonly byDefault: string; readonly supported: ReadonlySet<string> };
  readonly clock: Clock;
  newJobId(): string;
  /** @throws Fault of the IMAGE_ family when the photo can certainly not be used. */
  checkImage(url: string): Promise<void>;
  readonly idempotency: {
    /** Atomic per user and key. */
    claim(userId: string, key: string, request: SubmitRequest, jobId: string): Promise<Claim>;
    /** From here a replay gets the answer. */
    confirm(userId: string, key: string): Promise<void>;
    /** Frees the key; with the job id kept for the next claim where a message of the job may come. */
    release(userId: string, key: string, jobId: string): Promise<void>;
  };
  /**
   * Makes `queued` visible. The returned function takes the job back; with `mayCome`, or where a message of an
   * earlier submit may still come, no stage of it begins before it is queued again. It returns false when a stage
   * has begun already.
   */
  emitQueued(message: ScanMessage): Promise<(mayCome: boolean) => Promise<boolean>>;
  /** False while every publish would be refused. */
  canPublish(): boolean;
  /** @throws Fault `UNAVAILABLE` while there is room only for the scans that were accepted. */
  checkMemory(): Promise<void>;
  /**
   * "unknown" when no confirm came: the message may come to its queue all the same.
   *
   * @throws Fault `UNAVAILABLE` when the broker has refused it.
   */
  publish(message: ScanMessage, traceparent: string): Promise<"confirmed" | "unknown">;
}

export interface Submission {
  readonly userId: string;
  readonly request: SubmitRequest;
  readonly idempotencyKey: string | undefined;
  readonly traceparent: string;
}

/**
 * Accepts a scan. The response is a promise: the broker has the message, and the scan will end in
 * exactly one terminal event. A failure before the broker's confirm leaves nothing behind. A replay counts
 * against no quota, and neither does what is refused because a service is away.
 *
 * @returns `quota`: what is left to the user after this submit; undefined for a replay.
 */
export async function submitScan(
  deps: SubmitDeps,
  { userId, request, idempotencyKey: key, traceparent }: Submission,
): Promise<{ answer: SubmitAnswer; replayed: boolean; quota?: Quota }> {
  const model = request.model ?? deps.models.byDefault;
  if (!deps.models.supported.has(model)) {
    throw new Fault("UNSUPPORTED_MODEL", { extra: { supported: [...deps.models.supported] } });
  }
  const claim = await claimKey(deps, userId, key, request);
  if (claim.kind === "answered") return { answer: submitAnswer(claim.jobId), replayed: true };
  let quota: Quota;
  try {
    // Known without asking anybody: a client should not wait for what cannot be done.
    if (!deps.canPublish()) throw new Fault("UNAVAILABLE");
    await deps.checkMemory();
    quota = await admitSubmit(deps, userId);
    await deps.checkImage(request.image_url);
    const message: ScanMessage = {
      job_id: claim.jobId,
      user_id: userId,
      image_url: request.image_url,
      user_input: request.user_input,
      model,
      submitted_at: deps.clock.now(),
    };
    await emitAndPublish(deps, message, traceparent);
  } catch (error) {
    if (key !== undefined) {
      await deps.idempotency.release(userId, key, claim.jobId).catch(() => undefined);
    }
    throw error;
  }
  // The scan is accepted whatever happens now; an unconfirmed key only makes a retry run the same job.
  if (key !== undefined) await deps.idempotency.confirm(userId, key).catch(() => undefined);
  return { answer: submitAnswer(claim.jobId), replayed: false, quota };
}

async function claimKey(
  deps: SubmitDeps,
  userId: string,
  key: string | undefined,
  request: SubmitRequest,
): Promise<Extract<Claim, { jobId: string }>> {
  const jobId = deps.newJobId();
  if (key === undefined) return { kind: "claimed", jobId };
  const claim = await deps.idempotency.claim(userId, key, request, jobId);
  if (claim.kind === "in_flight") throw new Fault("IDEMPOTENCY_IN_FLIGHT", { retryAfterMs: 1_000 });
  if (claim.kind === "mismatch") throw new Fault("IDEMPOTENCY_MISMATCH");
  return claim;
}

/** `queued` is emitted before the publish, so that no event of a stage can precede it. */
async function emitAndPublish(
  deps: SubmitDeps,
  message: ScanMessage,
  traceparent: string,
): Promise<void> {
  const retract = await deps.emitQueued(message);
  let refused: unknown;
  try {
    if ((await deps.publish(message, traceparent)) === "confirmed") return;
  } catch (error) {
    refused = error;
  }
  const isRetracted = await retract(refused === undefined).catch(() => true);
  // A stage that has begun is as good as a confirm.
  if (isRetracted) throw refused ?? new Fault("UNAVAILABLE", { cause: new Error("no confirm") });
}
