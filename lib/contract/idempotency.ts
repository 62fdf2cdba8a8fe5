import { Fault } from "#lib/error/fault.ts";

/** What came of claiming an idempotency key. */
export type Claim =
  /** Ours; the job id to use, which is an earlier one where a submit died half-way. */
  | { readonly kind: "claimed"; readonly jobId: string }
  | { readonly kind: "answered"; readonly jobId: string }
  | { readonly kind: "in_flight" }
  | { readonly kind: "mismatch" };

/** The idempotency keys of users' submits, of scans or of messages. */
export interface Idempotency<Request extends object> {
  /** Atomic per user and key. */
  claim(userId: string, key: string, request: Request, jobId: string): Promise<Claim>;
  /** From here a replay gets the answer. */
  confirm(userId: string, key: string): Promise<void>;
  /** Frees the key; with the job id kept for the next claim where a message of the job may come. */
  release(userId: string, key: string, jobId: string): Promise<void>;
}

/**
 * Claims the key of a submit, if it has one.
 *
 * @throws Fault `IDEMPOTENCY_IN_FLIGHT`, `IDEMPOTENCY_MISMATCH`.
 */
export async function claimKey<Request extends object>(
  deps: { readonly idempotency: Idempotency<Request>; newJobId(): string },
  userId: string,
  key: string | undefined,
  request: Request,
): Promise<Extract<Claim, { jobId: string }>> {
  const jobId = deps.newJobId();
  if (key === undefined) return { kind: "claimed", jobId };
  const claim = await deps.idempotency.claim(userId, key, request, jobId);
  if (claim.kind === "in_flight") throw new Fault("IDEMPOTENCY_IN_FLIGHT", { retryAfterMs: 1_000 });
  if (claim.kind === "mismatch") throw new Fault("IDEMPOTENCY_MISMATCH");
  return claim;
}
