import type { Redis } from "ioredis";
import { positionSeq } from "#lib/chat/chat-seq.ts";
import { Fault } from "#lib/error/fault.ts";
import { script } from "#lib/redis/script.ts";
import { chatEntriesMax, chatKeys, chatTtlS } from "./chat-keys.ts";
import { APPEND } from "./chat-scripts.ts";
import type { Batch, Transcript } from "./transcript.ts";

/** Jobs in one step: it holds up every other command of Redis for less than a millisecond. */
const jobsPerStepMax = 64;

/**
 * Makes what all answers of this process write visible, together: what they write in one turn of the event loop is one
 * step for many jobs. Who writes an answer as it comes gathers it (`services/worker/models/next-read.ts`). Of each
 * job at most one batch is under way: under load the batches become larger, not more.
 */
export class TokenWriter {
  readonly #script: ReturnType<typeof script>;
  readonly #dirty = new Set<Transcript>();

  constructor(redis: Redis) {
    this.#script = script(redis, APPEND);
  }

  /** To be called after every write. */
  changed(transcript: Transcript): void {
    // Looked at again when its batch has arrived.
    if (transcript.inFlight !== undefined) return;
    if (this.#dirty.size === 0) setImmediate(() => this.#write());
    this.#dirty.add(transcript);
  }

  /** Resolves when what the transcript was given is visible. @throws Fault that has kept it from it. */
  async flush(transcript: Transcript): Promise<void> {
    while (transcript.inFlight !== undefined || transcript.isDirty) {
      if (transcript.inFlight === undefined) this.#start([transcript]);
      await transcript.inFlight;
    }
    if (transcript.failure !== undefined) throw transcript.failure;
  }

  #write(): void {
    const taken = [...this.#dirty].filter(({ inFlight }) => inFlight === undefined);
    this.#dirty.clear();
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
    const written = this.#append(due).finally(() => {
      for (const { transcript } of due) {
        transcript.inFlight = undefined;
        if (transcript.isDirty) this.changed(transcript);
      }
    });
    for (const { transcript } of due) transcript.inFlight = written;
  }

  /** Never rejects: what has kept a text from being written is its transcript's failure. */
  async #append(due: readonly { transcript: Transcript; batch: Batch }[]): Promise<void> {
    const keys = due.flatMap(({ batch: { jobId } }) => [
      chatKeys.state(jobId),
      chatKeys.text(jobId),
    ]);
    const args = due.flatMap(({ batch }) => toArguments(batch));
    try {
      const reply = await this.#script(
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
