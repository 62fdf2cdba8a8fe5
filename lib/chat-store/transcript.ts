import { textFrame } from "#lib/chat/chat-event.ts";
import { answerBytesMax, tokenBytesMax } from "#lib/chat/chat-limits.ts";
import { isFirstSegment, nextSegment, type Position, positionSeq } from "#lib/chat/chat-seq.ts";
import { isBoundary, splitText } from "#lib/chat/split-text.ts";
import { storableText } from "#lib/contract/storable-text.ts";

/** What is to be appended to the text of one job, in one step. */
export interface Batch {
  readonly jobId: string;
  readonly run: string;
  /** It begins a segment: what was written before is void. */
  readonly begins: boolean;
  readonly before: number;
  readonly after: Position;
  readonly text: Buffer;
  readonly frames: string;
}

/**
 * The text of one delivery: what is written and not visible yet, and where in the text it belongs. At most one batch
 * is under way. Text beyond `answerBytesMax` is dropped.
 */
export class Transcript {
  readonly jobId: string;
  readonly run: string;
  readonly #elapsedMs: () => number;
  #at: Position;
  #pending = "";
  /** A high surrogate whose other half is in the next write. */
  #half = "";
  #begins = false;
  failure: unknown;
  /** A batch of it is under way. */
  isInFlight = false;

  constructor(jobId: string, run: string, at: Position, elapsedMs: () => number) {
    this.jobId = jobId;
    this.run = run;
    this.#at = at;
    this.#elapsedMs = elapsedMs;
  }

  get isDirty(): boolean {
    return this.#pending !== "" || this.#begins;
  }

  /** Enough for an event of its own. An estimate: UTF-8 of Korean takes three bytes a character. */
  get isFull(): boolean {
    return this.#pending.length * 3 >= tokenBytesMax;
  }

  write(text: string): void {
    if (this.failure !== undefined) throw this.failure;
    const whole = this.#half + text;
    const isCut = /[\ud800-\udbff]$/.test(whole);
    this.#half = isCut ? whole.slice(-1) : "";
    this.#pending += storableText(isCut ? whole.slice(0, -1) : whole);
  }

  replace(text: string): void {
    this.#begins = true;
    this.#pending = "";
    this.#half = "";
    this.write(text);
  }

  /** Takes what is pending; undefined when that is nothing. */
  take(): Batch | undefined {
    if (!this.isDirty) return undefined;
    const begins = this.#begins;
    const { epoch, segment, bytes } = this.#at;
    const from: Position = begins
      ? { epoch, segment: nextSegment(segment, this.#elapsedMs()), bytes: 0 }
      : { epoch, segment, bytes };
    const text = clip(Buffer.from(this.#pending), answerBytesMax - from.bytes);
    this.#pending = "";
    this.#begins = false;
    if (text.length === 0 && !begins) return undefined;
    this.#at = { ...from, bytes: from.bytes + text.length };
    const { jobId, run } = this;
    const frames = this.#frames(from, text);
    return { jobId, run, begins, before: from.bytes, after: this.#at, text, frames };
  }

  #frames(from: Position, text: Buffer): string {
    if (from.bytes === 0 && !isFirstSegment(from)) {
      const seq = positionSeq(this.#at);
      return textFrame("snapshot", this.jobId, seq, text.toString()).text;
    }
    let { bytes } = from;
    const frames = splitText(text, tokenBytesMax).map((piece) => {
      bytes += piece.length;
      const seq = positionSeq({ ...from, bytes });
      return textFrame("token", this.jobId, seq, piece.toString()).text;
    });
    return frames.join("");
  }
}

function clip(text: Buffer, bytesMax: number): Buffer {
  let to = Math.min(text.length, bytesMax);
  while (!isBoundary(text, to)) to--;
  return text.subarray(0, to);
}
