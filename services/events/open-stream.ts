import { Fault } from "#lib/error/fault.ts";
import { doneStep } from "#lib/scan/end-scan.ts";
import { endSeqOf, epochOf } from "#lib/scan/epoch.ts";
import { type ScanEvent, type ScanState, scanEvent } from "#lib/scan/scan-event.ts";
import type { StoredScan } from "#lib/scan/scan-result.ts";
import type { Hub } from "./hub.ts";
import { type Frame, type Sink, Stream, type StreamCaller, toFrame } from "./stream.ts";

export interface OpenStreamDeps {
  readonly hub: Hub;
  /** Resolves when live events of the job are seen from here on. */
  follow(jobId: string): Promise<void>;
  state(jobId: string): Promise<ScanState | undefined>;
  /** Rising by seq; empty when expired. */
  replay(jobId: string): Promise<readonly Frame[]>;
  storedResult(jobId: string): Promise<StoredScan | undefined>;
}

export interface StreamRequest extends StreamCaller {
  readonly jobId: string;
  /** Resume after this seq; -1 for everything. */
  readonly afterSeq: number;
}

/**
 * Lets the owner follow a job: subscribed first, then sent the replay log, then live events, so that no
 * event is missed in between. A job whose log has expired is answered from its stored result.
 *
 * @returns a function that connects a sink, or undefined when the client has seen the end.
 * @throws Fault `JOB_NOT_FOUND` for an unknown job and for another user's alike.
 */
export async function openStream(
  deps: OpenStreamDeps,
  { userId, sessionId, jobId, afterSeq }: StreamRequest,
): Promise<((sink: Sink) => Stream) | undefined> {
  const state = await deps.state(jobId);
  if (state && state.userId !== userId) throw new Fault("JOB_NOT_FOUND");
  if (state) {
    const { stage, seq } = state.latest;
    const isOver = stage === "done";
    if (isOver && afterSeq >= seq) return undefined;
    // A client that claims a later seq than was emitted would wait for the end for ever.
    const seenSeq = Math.min(afterSeq, endSeqOf(epochOf(seq)) - 1);
    const caller = { userId, sessionId };
    return (sink) => follow(deps, new Stream(jobId, seenSeq, sink, caller), isOver);
  }
  const stored = await deps.storedResult(jobId);
  if (!stored || stored.userId !== userId) throw new Fault("JOB_NOT_FOUND");
  const event = storedEnd(jobId, stored);
  if (afterSeq >= event.seq) return undefined;
  return (sink) => {
    const stream = new Stream(jobId, afterSeq, sink);
    stream.replay([toFrame(event)]);
    return stream;
  };
}

/**
 * The events of a job as frames: its replay log or, where that has expired, the end from its stored
 * result. Empty for a job that runs, but whose log is lost.
 */
export async function readFrames(
  deps: Pick<OpenStreamDeps, "replay" | "storedResult">,
  jobId: string,
): Promise<readonly Frame[]> {
  const frames = await deps.replay(jobId);
  if (frames.length > 0) return frames;
  const stored = await deps.storedResult(jobId);
  return stored ? [toFrame(storedEnd(jobId, stored))] : [];
}

function follow(deps: OpenStreamDeps, stream: Stream, isOver: boolean): Stream {
  const leave = (): void => {
    stream.close();
    deps.hub.remove(stream);
  };
  deps.hub.add(stream);
  const log = deps.follow(stream.jobId).then(() => readFrames(deps, stream.jobId));
  log.then((frames) => {
    stream.replay(frames);
    if (stream.isClosed || isOver) leave();
  }, leave);
  return stream;
}

function storedEnd(jobId: string, { epoch, finishedAt, result }: StoredScan): ScanEvent {
  return scanEvent({ id: jobId, epoch }, doneStep(result), finishedAt.getTime());
}
