import * as v from "valibot";
import type { ChatTurn } from "./turn.ts";

/** What travels through `chat.process`: the message itself; older turns are read where it is worked on. */
export const ChatMessage = v.object({
  job_id: v.pipe(v.string(), v.uuid()),
  user_id: v.string(),
  chat_id: v.pipe(v.string(), v.uuid()),
  message_id: v.pipe(v.string(), v.uuid()),
  message: v.string(),
  image_url: v.nullable(v.string()),
  location: v.nullable(v.object({ latitude: v.number(), longitude: v.number() })),
  /** The model asked for. */
  model: v.nullable(v.string()),
  /** Milliseconds since the Unix epoch. */
  submitted_at: v.number(),
});
export type ChatMessage = v.InferOutput<typeof ChatMessage>;

/** One epoch of one job. */
export interface ChatJob {
  readonly message: ChatMessage;
  readonly epoch: number;
}

export function toTurn(message: ChatMessage, history: ChatTurn["history"]): ChatTurn {
  return {
    jobId: message.job_id,
    chatId: message.chat_id,
    messageId: message.message_id,
    userId: message.user_id,
    message: message.message,
    imageUrl: message.image_url,
    location: message.location,
    model: message.model,
    history,
  };
}
