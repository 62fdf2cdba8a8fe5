import type { ChatMessage } from "#lib/chat/chat-message.ts";
import type { Clock } from "#lib/clock/clock.ts";
import { type AdmitDeps, admitSubmit } from "#lib/contract/admit-submit.ts";
import {
  announceAndPublish,
  mayRun,
  type PublishDeps,
} from "#lib/contract/announce-and-publish.ts";
import { claimKey, type Idempotency } from "#lib/contract/idempotency.ts";
import { Fault, type Quota } from "#lib/error/fault.ts";
import { type SendAnswer, type SendRequest, sendAnswer } from "./chat.ts";

/** A message with where it belongs; without a chat it opens one. */
export type SendSubject = SendRequest & { readonly chat_id: string | null };

export interface SendDeps extends AdmitDeps, PublishDeps<ChatMessage> {
  readonly supportedModels: ReadonlySet<string>;
  readonly clock: Clock;
  newJobId(): string;
  /** @throws Fault of the IMAGE_ family when the photo can certainly not be used. */
  checkImage(url: string): Promise<void>;
  readonly idempotency: Idempotency<SendSubject>;
  /** False while every publish would be refused. */
  canPublish(): boolean;
  /** @throws Fault `UNAVAILABLE` while there is room only for what was accepted. */
  checkMemory(): Promise<void>;
  readonly sent: SentMessages;
}

export interface SentMessages {
  /**
   * Stores the user's message, and its conversation where it opens one; that of a job which is there already stays.
   *
   * @returns undefined for a conversation that is unknown, deleted or another user's.
   * @throws Fault `ACCOUNT_DELETED`.
   */
  add(userId: string, jobId: string, request: SendSubject, now: number): Promise<Sent | undefined>;
  /** The message of a job. */
  find(jobId: string): Promise<Sent | undefined>;
  /** Takes back what was added. */
  remove(sent: Sent): Promise<void>;
}

export interface Sent {
  readonly jobId: string;
  readonly chatId: string;
  readonly messageId: string;
}

export interface Sending {
  readonly userId: string;
  /** Undefined opens a conversation. */
  readonly chatId: string | undefined;
  readonly request: SendRequest;
  readonly idempotencyKey: string | undefined;
  readonly traceparent: string;
}

/**
 * Accepts a message. As of a scan, the response is a promise: the broker has it, and its answer will end in exactly
 * one terminal event. What is answered with an error leaves nothing behind, but for `SUBMIT_UNCONFIRMED`.
 *
 * @returns `quota`: what is left to the user; undefined for a replay.
 * @throws Fault `CHAT_NOT_FOUND` for an unknown conversation and for another user's alike.
 */
export async function sendMessage(
  deps: SendDeps,
  { userId, chatId = undefined, request, idempotencyKey: key, traceparent }: Sending,
): Promise<{ answer: SendAnswer; replayed: boolean; quota?: Quota }> {
  const { model } = request;
  if (model !== undefined && !deps.supportedModels.has(model)) {
    throw new Fault("UNSUPPORTED_MODEL", { extra: { supported: [...deps.supportedModels] } });
  }
  const subject: SendSubject = { ...request, chat_id: chatId ?? null };
  const claim = await claimKey(deps, userId, key, subject);
  if (claim.kind === "answered") {
    const sent = await deps.sent.find(claim.jobId);
    if (!sent) throw new Fault("CHAT_NOT_FOUND");
    return { answer: toAnswer(sent), replayed: true };
  }
  let quota: Quota;
  let sent: Sent | undefined;
  try {
    // Known without asking anybody: a client should not wait for what cannot be done.
    if (!deps.canPublish()) throw new Fault("UNAVAILABLE");
    await deps.checkMemory();
    quota = await admitSubmit(deps, userId);
    if (request.image_url !== undefined) await deps.checkImage(request.image_url);
    const now = deps.clock.now();
    sent = await deps.sent.add(userId, claim.jobId, subject, now);
    if (!sent) throw new Fault("CHAT_NOT_FOUND");
    await announceAndPublish(deps, toMessage(userId, sent, request, now), traceparent);
  } catch (error) {
    if (mayRun(error)) throw error;
    if (sent) await deps.sent.remove(sent).catch(() => undefined);
    if (key !== undefined) {
      await deps.idempotency.release(userId, key, claim.jobId).catch(() => undefined);
    }
    throw error;
  }
  // It is accepted whatever happens now; an unconfirmed key only makes a retry run the same job.
  if (key !== undefined) await deps.idempotency.confirm(userId, key).catch(() => undefined);
  return { answer: toAnswer(sent), replayed: false, quota };
}

function toAnswer({ jobId, chatId, messageId }: Sent): SendAnswer {
  return sendAnswer({ job_id: jobId, chat_id: chatId, message_id: messageId });
}

function toMessage(userId: string, sent: Sent, request: SendRequest, now: number): ChatMessage {
  return {
    job_id: sent.jobId,
    user_id: userId,
    chat_id: sent.chatId,
    message_id: sent.messageId,
    message: request.message,
    image_url: request.image_url ?? null,
    location: request.user_location ?? null,
    model: request.model ?? null,
    submitted_at: now,
  };
}
