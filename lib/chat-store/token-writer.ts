import type { Redis } from "ioredis";
import { tokenDelayMs } from "#lib/chat/chat-limits.ts";
import { positionSeq } from "#lib/chat/chat-seq.ts";
import { Fault } from "#lib/error/fault.ts";
import { script } from "#lib/redis/script.ts";
import { chatEntriesMax, chatKeys, chatTtlS } from "./chat-keys.ts";
import { APPEND } from "./chat-scripts.ts";
import type { Batch, Transcript } from "./transcript.ts";

/** Jobs in one step: it holds up every other command of Redis for less than a millisecond. */
const jobsPerStepMax = 64;

/**
 * Makes what all answers of this process write visible, together: one step for many jobs, `tokenDelayMs` after the
 * first text. The first text of an answer, for which somebody waits, and what is enough for an event go at once, and
 * alone. Of each job at most one batch is under way: under load the batches become larger, not more.
 */
export class TokenWriter {
  readonly #append: ReturnType<typeof script>;
  readonly #dirty = new Set<Transcript>();
  readonly #urgent = new Set<Transcript>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(redis: Redis) {
    this.#append = script(redis, "appendChatText", APPEND);
  }

  /** To be called after every write. */
  changed(transcript: Transcript): void {
    // Looked at again when its batch has arrived.
    if (transcript.inFlight !== undefined) return;
    if (transcript.isUrgent) {
      // Those of one turn of the event loop together.
      if (this.#urgent.size === 0) setImmediate(() => this.#take(this.#urgent));
      this.#urgent.add(transcript);
    } else {
      this.#dirty.add(transcript);
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#take(this.#dirty);
      }, tokenDelayMs);
    }
  }

  /** Resolves when what the transcript was given is visible. @throws Fault that has kept it from it. */
  async flush(transcript: Transcript): Promise<void> {
    while (transcript.inFlight !== undefined || transcript.isDirty) {
      if (transcript.inFlight === undefined) this.#start([transcript]);
      await transcript.inFlight;
    }
    if (transcript.failure !== undefined) throw transcript.failure;
  }

  #take(transcripts: Set<Transcript>): void {
    const taken = [...transcripts].filter(({ inFlight }) => inFlight === undefined);
    transcripts.clear();
    for (let at = 0; at < taken.length; at += jobsPerStepMax) {
      this.#start(taken.slice(at, at + jobsPerStepMax));
    }
  }

  #start(transcripts: readonly Transcript[]): void {
    const due = transcripts.flatMap((transcript) => {
      const batch = transcript.take();
      return batch ? [{ transcript, batch }] : [];
    });
    if (due.length === 0) return;
    const written = this.#write(due).finally(() => {
      for (const { transcript } of due) {
        transcript.inFlight = undefined;
        if (transcript.isDirty) this.changed(transcript);
      }
    });
    for (const { transcript } of due) transcript.inFlight = written;
  }

  /** Never rejects: what has kept a text from being written is its transcript's failure. */
  async #write(due: readonly { transcript: Transcript; batch: Batch }[]): Promise<void> {
    const keys = due.flatMap(({ batch: { jobId } }) => [
      chatKeys.state(jobId),
      chatKeys.text(jobId),
    ]);
    const args = due.flatMap(({ batch }) => toArguments(batch));
    try {
      const reply = await this.#append(
        [chatKeys.events, ...keys],
        [chatEntriesMax, chatTtlS, ...args],
      );
      const written = Array.isArray(reply) ? reply.map(Number) : [];
      for (const [i, { transcript }] of due.entries())
        if (written[i] !== 1) transcript.failure ??= lost();
    } catch (error) {
      for (const { transcript } of due) transcript.failure ??= error;
    }
  }
}

function toArguments({ jobId, run, begins, before, after, text, frames }: Batch) {
  const position = [after.segment, before, after.bytes, positionSeq(after)];
  return [jobId, run, begins ? 1 : 0, ...position, text, frames];
}

/** Says nothing about the message: another delivery has the job, or Redis has forgotten it. */
export function lost(): Fault {
  const cause = new Error("this delivery has the job no more");
  return new Fault("UNAVAILABLE", { cause, retryAfterMs: 1_000 });
}
