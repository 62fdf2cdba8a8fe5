import { Fault } from "#lib/error/fault.ts";

/** A scan takes longer, but an app may have closed a stream that it does not show any more. */
const retryAfterS = 5;

/**
 * How many streams this process holds, overall and per user; 0 is no limit. A full process
 * refuses a stream, instead of serving all of them late.
 */
export class StreamLimits {
  readonly #perUserMax: number;
  readonly #overallMax: number;
  readonly #open = new Map<string, number>();
  #size = 0;

  constructor({ perUser, overall }: { perUser: number; overall: number }) {
    this.#perUserMax = perUser || Number.POSITIVE_INFINITY;
    this.#overallMax = overall || Number.POSITIVE_INFINITY;
  }

  /**
   * @returns releases the place; calling it again does nothing.
   * @throws Fault `TOO_MANY_STREAMS` for the user's own limit, `OVERLOADED` for the process'.
   */
  take(userId: string): () => void {
    const own = this.#open.get(userId) ?? 0;
    if (own >= this.#perUserMax) {
      const quota = { name: "streams", limit: this.#perUserMax, remaining: 0, resetS: retryAfterS };
      throw new Fault("TOO_MANY_STREAMS", { quota });
    }
    if (this.#size >= this.#overallMax) {
      throw new Fault("OVERLOADED", { retryAfterMs: retryAfterS * 1_000 });
    }
    this.#open.set(userId, own + 1);
    this.#size++;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#size--;
      const left = (this.#open.get(userId) ?? 1) - 1;
      if (left > 0) this.#open.set(userId, left);
      else this.#open.delete(userId);
    };
  }
}
