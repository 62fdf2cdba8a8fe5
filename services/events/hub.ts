import { Fault } from "#lib/error/fault.ts";
import type { Frame, Stream } from "./stream.ts";

/** Replay logs read at once while resyncing. */
const resyncBatchMax = 256;

/**
 * Every open stream of this process, by job. The tailer pushes events in; a job nobody watches costs
 * one map lookup.
 */
export class Hub {
  readonly #streams = new Map<string, Set<Stream>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(stream: Stream): void {
    const streams = this.#streams.get(stream.jobId) ?? new Set();
    streams.add(stream);
    this.#streams.set(stream.jobId, streams);
    this.#size++;
  }

  remove(stream: Stream): void {
    const streams = this.#streams.get(stream.jobId);
    if (!streams?.delete(stream)) return;
    this.#size--;
    if (streams.size === 0) this.#streams.delete(stream.jobId);
  }

  isWatched(jobId: string): boolean {
    return this.#streams.has(jobId);
  }

  push(jobId: string, frame: Frame): void {
    for (const stream of this.#streams.get(jobId) ?? []) {
      stream.push(frame);
      if (stream.isClosed) this.remove(stream);
    }
  }

  /**
   * Serves every watched job from what is known of it, for when live events may have been missed. Must
   * finish before newer live events are pushed: a stream never goes back to an older seq.
   *
   * @throws Fault when nothing can be read at all: the whole resync is to be tried again.
   */
  async resync(readFrames: (jobId: string) => Promise<readonly Frame[]>): Promise<void> {
    const jobIds = [...this.#streams.keys()];
    for (let at = 0; at < jobIds.length; at += resyncBatchMax) {
      const batch = jobIds.slice(at, at + resyncBatchMax);
      await Promise.all(batch.map((jobId) => this.#resyncJob(jobId, readFrames)));
    }
  }

  async #resyncJob(jobId: string, readFrames: Parameters<Hub["resync"]>[0]): Promise<void> {
    try {
      for (const frame of await readFrames(jobId)) this.push(jobId, frame);
    } catch (error) {
      if (error instanceof Fault) throw error;
      // A log that cannot be understood is its own clients' trouble: it must not hold up all others.
      for (const stream of this.#streams.get(jobId) ?? []) this.#drop(stream);
    }
  }

  keepAlive(): void {
    for (const stream of this.#all()) {
      stream.keepAlive();
      if (stream.isClosed) this.remove(stream);
    }
  }

  closeAll(): void {
    for (const stream of this.#all()) this.#drop(stream);
  }

  #drop(stream: Stream): void {
    stream.close();
    this.remove(stream);
  }

  #all(): Stream[] {
    return [...this.#streams.values()].flatMap((streams) => [...streams]);
  }
}
