import type { ChatMessage } from "#lib/chat/chat-message.ts";
import { type EndChatDeps, failChat } from "#lib/chat/end-chat.ts";
import { Fault } from "#lib/error/fault.ts";
import type { InputRequest, JobAnswer } from "./chat.ts";

export interface JobDeps extends EndChatDeps {
  /** Makes a cancel durable and notifies every worker. False when the answer is complete, or has ended. */
  requestCancel(jobId: string): Promise<boolean>;
  /** False when the job is over. */
  giveInput(jobId: string, type: InputRequest["type"], json: string): Promise<boolean>;
  /** What was sent, whose it is, and the epoch it is in; undefined for an unknown job. */
  sentJob(jobId: string): Promise<SentJob | undefined>;
}

export interface SentJob {
  readonly message: ChatMessage;
  readonly epoch: number;
  readonly status: "queued" | "completed" | "failed" | "cancelled";
}

/**
 * Stops an answer for its owner. What was written is kept: the request is durable, a worker that has the job is
 * notified, and the answer is ended here, since its message may be in a queue that no worker consumes. The first end
 * stands, and both emit it.
 *
 * @throws Fault `JOB_NOT_FOUND` for an unknown job and for another user's alike, `CHAT_FINISHED`.
 */
export async function cancelAnswer(
  deps: JobDeps,
  userId: string,
  jobId: string,
): Promise<JobAnswer> {
  const job = await ownJob(deps, userId, jobId);
  const answer = { job_id: jobId, status: "cancelling" } as const;
  if (job.status === "cancelled") return answer;
  if (!(await deps.requestCancel(jobId))) {
    // Another cancel may have ended it since its status was read.
    const { status } = await ownJob(deps, userId, jobId);
    if (status !== "cancelled") throw new Fault("CHAT_FINISHED");
    return answer;
  }
  // The request holds without it: the worker ends the answer when it next handles the message.
  await failChat(deps, job, new Fault("CANCELLED")).catch(() => undefined);
  return answer;
}

/** Gives an answer what it has asked for, or will; a cancel declines. @throws as `cancelAnswer`. */
export async function giveInput(
  deps: JobDeps,
  userId: string,
  jobId: string,
  { type, data }: InputRequest,
): Promise<JobAnswer> {
  await ownJob(deps, userId, jobId);
  const json = type === "cancel" ? "null" : JSON.stringify(data);
  if (!(await deps.giveInput(jobId, type, json))) throw new Fault("CHAT_FINISHED");
  return { job_id: jobId, status: "accepted" };
}

async function ownJob(deps: JobDeps, userId: string, jobId: string): Promise<SentJob> {
  const job = await deps.sentJob(jobId);
  if (job?.message.user_id !== userId) throw new Fault("JOB_NOT_FOUND");
  return job;
}
