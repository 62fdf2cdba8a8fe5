import type { ChatLog } from "#lib/chat/chat-log.ts";
import { isChatEnd } from "#lib/chat/chat-seq.ts";
import { Fault } from "#lib/error/fault.ts";
import { chatReplay } from "./chat-replay.ts";
import type { Hub } from "./hub.ts";
import type { StreamRequest } from "./open-stream.ts";
import { type Sink, Stream } from "./stream.ts";

export interface OpenChatStreamDeps {
  readonly chatHub: Hub;
  /** Resolves when live events of the job are seen from here on. */
  followChat(jobId: string): Promise<void>;
  /** The job's log; undefined when unknown or expired. */
  chatLog(jobId: string): Promise<ChatLog | undefined>;
  /** The same, made of what is stored of a job that has ended. */
  storedChatLog(jobId: string): Promise<ChatLog | undefined>;
}

/**
 * Lets the owner follow an answer, as `openStream` a scan.
 *
 * @returns a function that connects a sink, or undefined when the client has seen the end.
 * @throws Fault `JOB_NOT_FOUND` for an unknown job and for another user's alike.
 */
export async function openChatStream(
  deps: OpenChatStreamDeps,
  { userId, sessionId, jobId, afterSeq }: StreamRequest,
): Promise<((sink: Sink) => Stream) | undefined> {
  const log = (await deps.chatLog(jobId)) ?? (await deps.storedChatLog(jobId));
  if (!log || log.userId !== userId) throw new Fault("JOB_NOT_FOUND");
  const isOver = isChatEnd(log.seq);
  if (isOver && afterSeq >= log.seq) return undefined;
  // No event has had such a seq: the client begins anew.
  const seenSeq = afterSeq > log.seq ? -1 : afterSeq;
  return (sink) => {
    const stream = new Stream(jobId, seenSeq, sink, { userId, sessionId });
    if (isOver) {
      stream.replay(chatReplay(log));
      stream.close();
    } else {
      follow(deps, stream);
    }
    return stream;
  };
}

/** Subscribed first, then sent the log, then live: read anew, since the text has grown. */
function follow({ chatHub, chatLog, followChat }: OpenChatStreamDeps, stream: Stream): void {
  chatHub.add(stream);
  const leave = (): void => {
    stream.close();
    chatHub.remove(stream);
  };
  const log = followChat(stream.jobId).then(() => chatLog(stream.jobId));
  log.then((known) => {
    stream.replay(chatReplay(known));
    if (stream.isClosed) leave();
  }, leave);
}
