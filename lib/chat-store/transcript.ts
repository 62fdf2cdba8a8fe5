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
  readonly text: string;
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
  #begins = false;
  failure: unknown;
  /** Of its batch that is under way: resolves when that has arrived, or failed. */
  inFlight: Promise<void> | undefined;

  constructor(jobId: string, run: string, at: Position, elapsedMs: () => number) {
    this.jobId = jobId;
    this.run = run;
    this.#at = at;
    this.#elapsedMs = elapsedMs;
  }

  get isDirty(): boolean {
    return this.#begins || this.#pending.length > halfAtEnd(this.#pending);
  }

  write(text: string): void {
    if (this.failure !== undefined) throw this.failure;
    this.#pending += text;
  }

  replace(text: string): void {
    this.#begins = true;
    this.#pending = "";
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
    const until = this.#pending.length - halfAtEnd(this.#pending);
    const text = clip(storableText(this.#pending.slice(0, until)), answerBytesMax - from.bytes);
    this.#pending = this.#pending.slice(until);
    this.#begins = false;
    if (text === "" && !begins) return undefined;
    this.#at = { ...from, bytes: from.bytes + Buffer.byteLength(text) };
    const { jobId, run } = this;
    const frames = this.#frames(from, text);
    return { jobId, run, begins, before: from.bytes, after: this.#at, text, frames };
  }

  #frames(from: Position, text: string): string {
    const end = positionSeq(this.#at);
    if (from.bytes === 0 && !isFirstSegment(from)) {
      return textFrame("snapshot", this.jobId, end, text).text;
    }
    if (this.#at.bytes - from.bytes <= tokenBytesMax) {
      return textFrame("token", this.jobId, end, text).text;
    }
    let { bytes } = from;
    const frames = splitText(Buffer.from(text), tokenBytesMax).map((piece) => {
      bytes += piece.length;
      const seq = positionSeq({ ...from, bytes });
      return textFrame("token", this.jobId, seq, piece.toString()).text;
    });
    return frames.join("");
  }
}

/** 1 where a text ends in a high surrogate, whose other half is in the next write; else 0. */
function halfAtEnd(text: string): 0 | 1 {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? 1 : 0;
}

function clip(text: string, bytesMax: number): string {
  if (text.length * utf8BytesMax <= bytesMax) return text;
  const bytes = Buffer.from(text);
  let to = Math.min(bytes.length, bytesMax);
  while (!isBoundary(bytes, to)) to--;
  return bytes.toString("utf8", 0, to);
}
/** Of one UTF-16 unit. */
const utf8BytesMax = 3;
