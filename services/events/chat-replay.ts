import { type ChatLog, framesAfter } from "#lib/chat/chat-log.ts";
import { isChatEnd } from "#lib/chat/chat-seq.ts";
import type { Frame, Replay } from "./stream.ts";

const encoder = new TextEncoder();

/** One or several events of a chat as they go over the wire, the last of which has this seq. */
export function chatFrame(seq: number, text: string): Frame {
  return { seq, isEnd: isChatEnd(seq), bytes: encoder.encode(text) };
}

/** The seq of the last of the events in `text`, which begins with an `id:`. No data has a line of its own. */
export function lastSeqIn(text: string): number {
  const at = text.lastIndexOf("\n\nid: ", text.length - 3);
  return Number.parseInt(text.slice(at < 0 ? "id: ".length : at + "\n\nid: ".length), 10);
}

/** Each client of a job gets what it has not seen, to the character. */
export function chatReplay(log: ChatLog | undefined): Replay {
  if (!log) return [];
  return (seenSeq) => framesAfter(log, seenSeq).map(({ seq, text }) => chatFrame(seq, text));
}
