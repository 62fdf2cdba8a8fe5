import { Fault } from "#lib/error/fault.ts";
import type { Frame, Replay, Stream, StreamCaller } from "./stream.ts";

/** Replay logs read at once while resyncing. */
const resyncBatchMax = 256;

/**
 * Every open stream of this process, by job. The tailer pushes events in; a job without a stream
 * costs one map lookup.
 */
export class Hub {
  /** Nearly every job has one stream, and a set around each would be the largest thing kept of it. */
  readonly #streams = new Map<string, Stream | Set<Stream>>();
  #size = 0;
  /** The streams that are due for a keep-alive, in turn. */
  #turn: Iterator<Stream> = this.#each();
  /** Keep-alives of earlier turns that are not sent yet, times the turns of a round. */
  #owed = 0;

  get size(): number {
    return this.#size;
  }

  add(stream: Stream): void {
    const there = this.#streams.get(stream.jobId);
    if (there instanceof Set) there.add(stream);
    else this.#streams.set(stream.jobId, there ? new Set([there, stream]) : stream);
    this.#size++;
  }

  remove(stream: Stream): void {
    const there = this.#streams.get(stream.jobId);
    if (there instanceof Set ? !there.delete(stream) : there !== stream) return;
    this.#size--;
    if (there === stream || (there instanceof Set && there.size === 0)) {
      this.#streams.delete(stream.jobId);
    }
  }

  isWatched(jobId: string): boolean {
    return this.#streams.has(jobId);
  }

  push(jobId: string, frame: Frame): void {
    for (const stream of this.#of(jobId)) {
      stream.push(frame);
      if (stream.isClosed) this.remove(stream);
    }
  }

  jobIds(): IteratorObject<string> {
    return this.#streams.keys();
  }

  /**
   * Sends every watched job, or those of `isDue`, its events again, for when live events may have been missed.
   * Must finish before newer live events are pushed: a stream never goes back to an older seq.
   *
   * @throws Fault when nothing can be read at all: the whole resync is to be tried again.
   */
  async resync(
    readReplay: (jobId: string) => Promise<Replay>,
    isDue: (jobId: string) => boolean = () => true,
  ): Promise<void> {
    const jobIds = [...this.#streams.keys()].filter(isDue);
    for (let at = 0; at < jobIds.length; at += resyncBatchMax) {
      const batch = jobIds.slice(at, at + resyncBatchMax);
      await Promise.all(batch.map((jobId) => this.#resyncJob(jobId, readReplay)));
    }
  }

  async #resyncJob(jobId: string, readReplay: Parameters<Hub["resync"]>[0]): Promise<void> {
    try {
      const replay = await readReplay(jobId);
      for (const stream of this.#of(jobId)) {
        stream.replay(replay);
        if (stream.isClosed) this.remove(stream);
      }
    } catch (error) {
      if (error instanceof Fault) throw error;
      // An unreadable log closes the streams of its own job: those of all others must go on.
      for (const stream of this.#of(jobId)) this.#drop(stream);
    }
  }

  /**
   * One of `turns` calls that keep every stream alive once, going on where the last call stopped:
   * thousands at once would hold up every event meanwhile. What is left of a division is carried over, or a
   * lone stream would be kept alive in every turn.
   */
  keepAlive(turns = 1): void {
    this.#owed += this.#size;
    for (; this.#owed >= turns; this.#owed -= turns) {
      const stream = this.#nextInTurn();
      stream?.keepAlive();
      if (stream?.isClosed) this.remove(stream);
    }
  }

  /** Closes the streams of these callers. */
  closeOf(isOver: (caller: StreamCaller) => boolean): void {
    for (const stream of this.#each()) {
      if (stream.caller && isOver(stream.caller)) this.#drop(stream);
    }
  }

  closeAll(): void {
    for (const stream of this.#each()) this.#drop(stream);
  }

  #drop(stream: Stream): void {
    stream.close();
    this.remove(stream);
  }

  #nextInTurn(): Stream | undefined {
    const next = this.#turn.next();
    if (!next.done) return next.value;
    this.#turn = this.#each();
    return this.#turn.next().value;
  }

  #of(jobId: string): Iterable<Stream> {
    const there = this.#streams.get(jobId);
    if (there === undefined) return [];
    return there instanceof Set ? there : [there];
  }

  *#each(): Generator<Stream, undefined> {
    for (const there of this.#streams.values()) {
      if (there instanceof Set) yield* there;
      else yield there;
    }
  }
}
