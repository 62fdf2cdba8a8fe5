import * as v from "valibot";
import {
  CHAT_STAGES,
  CHAT_STATUSES,
  type ChatEventStage,
  type ChatEventStatus,
  chatEpochOf,
  chatSeqOf,
  chatStepOf,
  isChatEnd,
  type QuestionType,
} from "./chat-seq.ts";

/**
 * The life of an answer, as its client follows it:
 *
 *   queued ──▶ intent ──▶ (vision) ──▶ tools ──▶ answer started ──▶ token … token ──▶ answer completed ──▶ done
 *
 * `done failed` ends it at any point. Stage events have the members of a scan's.
 */
export const ChatEvent = v.object({
  job_id: v.string(),
  stage: v.picklist(CHAT_STAGES),
  status: v.picklist(CHAT_STATUSES),
  /** See `chat-seq.ts`; strictly rising per job, tokens included. */
  seq: v.number(),
  /** Milliseconds since the Unix epoch. */
  ts: v.number(),
  /** Percent. */
  progress: v.number(),
  /** Of `done`: the message, its intents and sources, or `{code, message}` of a failure. */
  result: v.nullable(v.record(v.string(), v.unknown())),
});
export type ChatEvent = v.InferOutput<typeof ChatEvent>;

export interface ChatStep {
  readonly stage: ChatEventStage;
  readonly status: ChatEventStatus;
  readonly result?: Readonly<Record<string, unknown>> | null;
}

/** @param ts milliseconds since the Unix epoch */
export function chatEvent(
  job: { readonly id: string; readonly epoch: number },
  { stage, status, result = null }: ChatStep,
  ts: number,
): ChatEvent {
  const seq = chatSeqOf(job.epoch, stage, status);
  return { job_id: job.id, stage, status, seq, ts, progress: PROGRESS[stage], result };
}

/** The stage event of this seq, from what the seq does not say. */
export function chatEventOfSeq(
  jobId: string,
  seq: number,
  { ts, result }: Pick<ChatEvent, "ts" | "result">,
): ChatEvent {
  return chatEvent({ id: jobId, epoch: chatEpochOf(seq) }, { ...chatStepOf(seq), result }, ts);
}

const PROGRESS: Record<ChatEventStage, number> = {
  queued: 0,
  intent: 10,
  vision: 25,
  tools: 40,
  answer: 60,
  done: 100,
};

/** One event as it goes over the wire; `seq` is where a client is that has seen it. */
export interface ChatFrame {
  readonly seq: number;
  readonly text: string;
  readonly isEnd: boolean;
}

export function stageFrame(event: ChatEvent): ChatFrame {
  const isFailedEnd = event.stage === "done" && event.status === "failed";
  return toFrame(isFailedEnd ? "failed" : event.stage, event.seq, event);
}

/** A part of the text; a `snapshot` is all of it and voids what came before. */
export function textFrame(
  name: "token" | "snapshot",
  jobId: string,
  seq: number,
  text: string,
): ChatFrame {
  return toFrame(name, seq, { job_id: jobId, seq, text });
}

/** @param until milliseconds since the Unix epoch, when the answer goes on without */
export function questionFrame(
  jobId: string,
  seq: number,
  type: QuestionType,
  until: number,
): ChatFrame {
  return toFrame("needs_input", seq, { job_id: jobId, seq, type, until });
}

function toFrame(name: string, seq: number, data: object): ChatFrame {
  const text = `id: ${seq}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
  return { seq, text, isEnd: isChatEnd(seq) };
}
