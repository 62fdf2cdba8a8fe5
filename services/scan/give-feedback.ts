import { type AdmitDeps, admitSubmit } from "#lib/contract/admit-submit.ts";
import { Fault, type Quota } from "#lib/error/fault.ts";
import type { Feedback, FeedbackRequest } from "./feedback.ts";
import { type ReadResultDeps, readResult } from "./read-result.ts";

export interface FeedbackDeps extends ReadResultDeps {
  /** Counts like submits, in windows of their own. */
  readonly countFeedback: AdmitDeps["countSubmit"];
  /**
   * Keeps the feedback in place of an earlier one, if the job is a completed scan of the user's; undefined if not.
   */
  saveFeedback(userId: string, feedback: Feedback): Promise<"first" | "replaced" | undefined>;
}

/**
 * Keeps what the owner says of a completed scan.
 *
 * @throws Fault `JOB_NOT_FOUND` for an unknown job and for another user's alike, `SCAN_NOT_COMPLETED` for one that
 * runs or has failed, `RATE_LIMITED` and `OVERLOADED` as for a submit.
 */
export async function giveFeedback(
  deps: FeedbackDeps,
  userId: string,
  jobId: string,
  { verdict, category, note }: FeedbackRequest,
): Promise<{ feedback: Feedback; isFirst: boolean; quota: Quota }> {
  const quota = await admitSubmit({ countSubmit: deps.countFeedback }, userId);
  const feedback = { job_id: jobId, verdict, category: category ?? null, note: note || null };
  const saved = await deps.saveFeedback(userId, feedback);
  if (saved) return { feedback, isFirst: saved === "first", quota };
  await readResult(deps, userId, jobId);
  throw new Fault("SCAN_NOT_COMPLETED");
}
