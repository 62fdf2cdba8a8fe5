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
 * first text, and at once where a job has enough for an event. Under load the steps become larger, not more.
 */
export class TokenWriter {
  readonly #append: ReturnType<typeof script>;
  readonly #dirty = new Set<Transcript>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #round: Promise<void> | undefined;

  constructor(redis: Redis) {
    this.#append = script(redis, "appendChatText", APPEND);
  }

  /** To be called after every write. */
  changed(transcript: Transcript): void {
    this.#dirty.add(transcript);
    if (transcript.isFull) void this.#flush();
    else this.#timer ??= setTimeout(() => void this.#flush(), tokenDelayMs);
  }

  /** Resolves when what the transcript was given is visible. @throws Fault that has kept it from it. */
  async flush(transcript: Transcript): Promise<void> {
    while (transcript.isDirty || transcript.isInFlight) await this.#flush();
    if (transcript.failure !== undefined) throw transcript.failure;
  }

  /** One round at a time: of each job at most one batch is under way. */
  #flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#round ??= this.#writeAll().finally(() => {
      this.#round = undefined;
      if (this.#dirty.size > 0) this.#timer ??= setTimeout(() => void this.#flush(), tokenDelayMs);
    });
    return this.#round;
  }

  async #writeAll(): Promise<void> {
    const taken = [...this.#dirty];
    this.#dirty.clear();
    const steps: Promise<void>[] = [];
    for (let at = 0; at < taken.length; at += jobsPerStepMax) {
      steps.push(this.#write(taken.slice(at, at + jobsPerStepMax)));
    }
    await Promise.all(steps);
  }

  async #write(transcripts: readonly Transcript[]): Promise<void> {
    const due = transcripts.flatMap((transcript) => {
      const batch = transcript.take();
      transcript.isInFlight = batch !== undefined;
      return batch ? [{ transcript, batch }] : [];
    });
    if (due.length === 0) return;
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
    for (const { transcript } of due) transcript.isInFlight = false;
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
