import {
  type ChatEvent,
  type ChatFrame,
  questionFrame,
  stageFrame,
  textFrame,
} from "./chat-event.ts";
import { tokenBytesMax } from "./chat-limits.ts";
import { isFirstSegment, type Position, positionSeq, type QuestionType } from "./chat-seq.ts";
import { isBoundary, splitText } from "./split-text.ts";

/** All that is known of a job's events, read in one step. */
export interface ChatLog {
  readonly jobId: string;
  readonly userId: string;
  /** Of the newest event; -1 where there is none. */
  readonly seq: number;
  /** Rising by seq. */
  readonly events: readonly ChatEvent[];
  readonly epoch: number;
  readonly segment: number;
  /** UTF-8 of the segment. */
  readonly text: Buffer;
  /** What the answer waits for. */
  readonly question?: { readonly seq: number; readonly type: QuestionType; readonly until: number };
}

/**
 * What a client still has to see that has seen `seenSeq`, -1 for nothing. One that is somewhere in the text gets the
 * rest of it to the character. One that joins late, or whose text is void, gets a snapshot.
 */
export function framesAfter(log: ChatLog, seenSeq: number): ChatFrame[] {
  const { jobId, question, events } = log;
  // No event has had such a seq, or nobody knows any more.
  const seen = seenSeq > log.seq ? -1 : seenSeq;
  const asked = question ? [questionFrame(jobId, question.seq, question.type, question.until)] : [];
  const frames = [...events.map(stageFrame), ...asked, ...textFrames(log, seen)];
  return frames.filter(({ seq }) => seq > seen).toSorted((a, b) => a.seq - b.seq);
}

function textFrames(log: ChatLog, seen: number): ChatFrame[] {
  const { jobId, text } = log;
  const end: Position = { epoch: log.epoch, segment: log.segment, bytes: text.length };
  const at = positionSeq(end);
  // In a segment that is not the first, no text is news as well: what a client shows is void.
  const isEmpty = text.length === 0 && log.seq < at;
  if (isEmpty || seen >= at) return [];
  const from = offsetIn(end, seen);
  if (from === undefined || !isBoundary(text, from)) {
    return [textFrame("snapshot", jobId, at, text.toString())];
  }
  let bytes = from;
  return splitText(text.subarray(from), tokenBytesMax).map((piece) => {
    bytes += piece.length;
    return textFrame("token", jobId, positionSeq({ ...end, bytes }), piece.toString());
  });
}

/** Bytes of the segment that a client has; undefined for one that has to begin anew. */
function offsetIn(end: Position, seen: number): number | undefined {
  const start = positionSeq({ ...end, bytes: 0 });
  if (seen >= start) return seen - start;
  return isFirstSegment(end) && seen >= 0 ? 0 : undefined;
}
