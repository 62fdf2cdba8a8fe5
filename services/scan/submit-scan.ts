import type { Clock } from "#lib/clock/clock.ts";
import { type AdmitDeps, admitSubmit } from "#lib/contract/admit-submit.ts";
import {
  announceAndPublish,
  mayRun,
  type PublishDeps,
} from "#lib/contract/announce-and-publish.ts";
import { claimKey, type Idempotency } from "#lib/contract/idempotency.ts";
import { Fault, type Quota } from "#lib/error/fault.ts";
import type { ScanMessage } from "#lib/scan/scan-message.ts";
import { type SubmitAnswer, type SubmitRequest, submitAnswer } from "./scan.ts";

export interface SubmitDeps extends AdmitDeps, PublishDeps<ScanMessage> {
  readonly models: { readonly byDefault: string; readonly supported: ReadonlySet<string> };
  readonly clock: Clock;
  newJobId(): string;
  /** @throws Fault of the IMAGE_ family when the photo can certainly not be used. */
  checkImage(url: string): Promise<void>;
  readonly idempotency: Idempotency<SubmitRequest>;
  /** False while every publish would be refused. */
  canPublish(): boolean;
  /** @throws Fault `UNAVAILABLE` while there is room only for the scans that were accepted. */
  checkMemory(): Promise<void>;
}

export interface Submission {
  readonly userId: string;
  readonly request: SubmitRequest;
  readonly idempotencyKey: string | undefined;
  readonly traceparent: string;
}

/**
 * Accepts a scan. The response is a promise: the broker has the message, and the scan will end in
 * exactly one terminal event. A failure before the broker's confirm leaves nothing behind, but for one after which
 * nobody knows whether the scan runs (`SUBMIT_UNCONFIRMED`). A replay counts against no quota, and neither does what
 * is refused because a service is away.
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
    await announceAndPublish(deps, message, traceparent);
  } catch (error) {
    if (key !== undefined && !mayRun(error)) {
      await deps.idempotency.release(userId, key, claim.jobId).catch(() => undefined);
    }
    throw error;
  }
  // The scan is accepted whatever happens now; an unconfirmed key only makes a retry run the same job.
  if (key !== undefined) await deps.idempotency.confirm(userId, key).catch(() => undefined);
  return { answer: submitAnswer(claim.jobId), replayed: false, quota };
}
