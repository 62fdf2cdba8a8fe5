import { type ScanEvent, type ScanState, scanEvent } from "#lib/contract/scan-event.ts";
import type { StoredResult } from "#lib/contract/scan-result.ts";
import { Fault } from "#lib/error/fault.ts";
import type { Hub } from "./hub.ts";
import { type Frame, type Sink, Stream, toFrame } from "./stream.ts";

export interface OpenStreamDeps {
  readonly hub: Hub;
  state(jobId: string): Promise<ScanState | undefined>;
  /** Rising by seq; empty when expired. */
  replay(jobId: string): Promise<readonly Frame[]>;
  storedResult(jobId: string): Promise<StoredScan | undefined>;
}

export interface StoredScan {
  readonly userId: string;
  readonly redrive: number;
  readonly finishedAt: Date;
  readonly result: StoredResult;
}

export interface StreamRequest {
  readonly userId: string;
  readonly jobId: string;
  /** Resume after this seq; -1 for everything. */
  readonly afterSeq: number;
}

/**
 * Lets the owner follow a job: subscribed first, then served from the replay log, then live, so that
 * no event falls between. A job whose log has expired is answered from its stored result.
 *
 * @returns a function that connects a sink, or undefined when there is nothing left to tell.
 * @throws Fault `JOB_NOT_FOUND` for an unknown job and for another user's alike.
 */
export async function openStream(
  deps: OpenStreamDeps,
  { userId, jobId, afterSeq }: StreamRequest,
): Promise<((sink: Sink) => Stream) | undefined> {
  const state = await deps.state(jobId);
  if (state && state.userId !== userId) throw new Fault("JOB_NOT_FOUND");
  if (state) {
    const isOver = state.latest.stage === "done";
    if (isOver && afterSeq >= state.latest.seq) return undefined;
    return (sink) => follow(deps, new Stream(jobId, afterSeq, sink), isOver);
  }
  const stored = await deps.storedResult(jobId);
  if (!stored || stored.userId !== userId) throw new Fault("JOB_NOT_FOUND");
  const event = endOf(jobId, stored);
  if (afterSeq >= event.seq) return undefined;
  return (sink) => {
    const stream = new Stream(jobId, afterSeq, sink);
    stream.replay([toFrame(event)]);
    return stream;
  };
}

function follow(deps: OpenStreamDeps, stream: Stream, isOver: boolean): Stream {
  const leave = (): void => {
    stream.close();
    deps.hub.remove(stream);
  };
  deps.hub.add(stream);
  deps.replay(stream.jobId).then((frames) => {
    stream.replay(frames);
    // Of a finished job nothing more will come, even if its log has just expired.
    if (stream.isClosed || isOver) leave();
  }, leave);
  return stream;
}

function endOf(jobId: string, { redrive, finishedAt, result }: StoredScan): ScanEvent {
  const happening = { stage: "done", status: result.status, result: result.error } as const;
  return scanEvent({ id: jobId, redrive }, happening, finishedAt.getTime());
}
