import { isTerminal } from "#lib/scan/epoch.ts";
import type { ScanEvent } from "#lib/scan/scan-event.ts";

/**
 * One client's view of one job. It sees every event once and in order, wherever an event comes from:
 *
 *   catching up: live events are held back while the replay log is read
 *   live:        events go straight out
 *   closed:      a terminal event was sent, or the client is gone
 *
 * Sequence numbers only rise within a job, so "seen" is a single number.
 */
export class Stream {
  readonly jobId: string;
  readonly caller: StreamCaller | undefined;
  readonly #sink: Sink;
  #seenSeq: number;
  /** Live events that came while the replay was read; undefined once live. */
  #held: Frame[] | undefined = [];
  /** The newest event it has sent is an end. */
  #isOver = false;
  #closed = false;

  constructor(jobId: string, afterSeq: number, sink: Sink, caller?: StreamCaller) {
    this.jobId = jobId;
    this.caller = caller;
    this.#seenSeq = afterSeq;
    this.#sink = sink;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** An event off the live stream. */
  push(frame: Frame): void {
    if (this.#held) {
      this.#held.push(frame);
      return;
    }
    this.#send(frame);
    if (this.#isOver) this.close();
  }

  /**
   * Events from the replay log, rising; whatever was already seen is skipped. An end in the middle was a
   * failure that has been redriven since: only the newest event may close the stream.
   */
  replay(replay: Replay): void {
    const frames = typeof replay === "function" ? replay(this.#seenSeq) : replay;
    const known = [...frames, ...(this.#held ?? [])];
    this.#held = undefined;
    for (const frame of known) this.#send(frame);
    if (this.#isOver) this.close();
  }

  /** Keeps proxies and the connection from timing out. */
  keepAlive(): void {
    this.#write(keepAliveBytes);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#sink.end();
  }

  #send(frame: Frame): void {
    if (this.#closed || frame.seq <= this.#seenSeq) return;
    this.#seenSeq = frame.seq;
    this.#isOver = frame.isEnd;
    this.#write(frame.bytes);
  }

  #write(bytes: Uint8Array): void {
    if (!this.#closed && !this.#sink.write(bytes)) this.close();
  }
}

/** Whose stream it is: it ends with their session and their account. */
export interface StreamCaller {
  readonly userId: string;
  readonly sessionId?: string | undefined;
}

/** Where a stream's bytes go. */
export interface Sink {
  /** False when the client is too far behind: the stream is cut, and the client resumes. */
  write(bytes: Uint8Array): boolean;
  end(): void;
}

/** An event as it goes over the wire, serialised once for all its clients. */
export interface Frame {
  readonly seq: number;
  /** Nothing follows it, unless the job is redriven. */
  readonly isEnd: boolean;
  readonly bytes: Uint8Array;
}

/** What a job's log has: all its events, or what is left for a client that has seen a seq. */
export type Replay = readonly Frame[] | ((seenSeq: number) => readonly Frame[]);

const encoder = new TextEncoder();
const keepAliveBytes = encoder.encode(":\n\n");

/** `id:` is the seq, `event:` the stage, or `failed` for the failed terminal. */
export function toFrame(event: ScanEvent): Frame {
  const isFailedEnd = event.stage === "done" && event.status === "failed";
  const name = isFailedEnd ? "failed" : event.stage;
  const text = `id: ${event.seq}\nevent: ${name}\ndata: ${JSON.stringify(event)}\n\n`;
  return { seq: event.seq, isEnd: isTerminal(event.seq), bytes: encoder.encode(text) };
}
