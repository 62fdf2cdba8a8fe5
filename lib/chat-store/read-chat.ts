import type { Redis } from "ioredis";
import * as v from "valibot";
import { ChatEvent, chatEventOfSeq } from "#lib/chat/chat-event.ts";
import type { ChatLog } from "#lib/chat/chat-log.ts";
import { QUESTION_TYPES } from "#lib/chat/chat-seq.ts";
import { script } from "#lib/redis/script.ts";
import { chatKeys } from "./chat-keys.ts";
import { READ } from "./chat-scripts.ts";

/** Reads a job's events and text in one step; undefined for a job that is unknown, or was forgotten. */
export type ReadChatLog = (jobId: string) => Promise<ChatLog | undefined>;

export function createReadChatLog(redis: Redis): ReadChatLog {
  const read = script(redis, READ);
  return async (jobId) => {
    const keys = [chatKeys.state(jobId), chatKeys.replay(jobId), chatKeys.text(jobId)];
    const [state, replay, text] = v.parse(Reply, await read(keys, []));
    const { user_id: userId, seq, epoch = "0", segment = "0" } = toFields(state);
    if (userId === undefined || seq === undefined) return undefined;
    const events = Object.entries(toFields(replay))
      .map(([at, json]) => chatEventOfSeq(jobId, Number(at), v.parse(Entry, JSON.parse(json))))
      .sort((a, b) => a.seq - b.seq);
    const position = { epoch: Number(epoch), segment: Number(segment), text: Buffer.from(text) };
    return { jobId, userId, seq: Number(seq), events, ...position, ...question(toFields(state)) };
  };
}

const Flat = v.array(v.string());
const Reply = v.tuple([Flat, Flat, v.string()]);
/** What the seq of an event does not say. */
const Entry = v.object({
  ts: ChatEvent.entries.ts,
  result: v.optional(ChatEvent.entries.result, null),
});

function question({ ask, ask_type, ask_until }: Record<string, string>): Pick<ChatLog, "question"> {
  const type = QUESTION_TYPES.find((one) => one === ask_type);
  return type ? { question: { seq: Number(ask), type, until: Number(ask_until) } } : {};
}

function toFields(flat: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let i = 0; i + 1 < flat.length; i += 2) fields[flat[i] ?? ""] = flat[i + 1] ?? "";
  return fields;
}
