/** Returns the bytes; more than once does nothing. */
export type ReleaseBytes = () => void;

/**
 * Memory that work may hold at once, in bytes. First come, first served: a large reservation is not overtaken for
 * ever by small ones. One that is larger than all of it gets all of it.
 */
export class ByteBudget {
  readonly #bytesMax: number;
  readonly #waiting = new Set<{ readonly bytes: number; start(): void }>();
  #used = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get usedBytes(): number {
    return this.#used;
  }

  /** @returns rejects with the signal's reason when it aborts before the bytes are free */
  async reserve(bytes: number, signal: AbortSignal): Promise<ReleaseBytes> {
    signal.throwIfAborted();
    const size = Math.min(bytes, this.#bytesMax);
    if (this.#waiting.size === 0 && this.#fits(size)) this.#used += size;
    else await this.#turn(size, signal);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#used -= size;
      this.#startWaiting();
    };
  }

  #fits(bytes: number): boolean {
    return this.#used + bytes <= this.#bytesMax;
  }

  #startWaiting(): void {
    for (const waiter of this.#waiting) {
      if (!this.#fits(waiter.bytes)) return;
      waiter.start();
    }
  }

  #turn(bytes: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = (): void => {
      this.#waiting.delete(waiter);
      signal.removeEventListener("abort", abort);
    };
    const waiter = {
      bytes,
      start: () => {
        leave();
        this.#used += bytes;
        resolve();
      },
    };
    const abort = (): void => {
      leave();
      reject(signal.reason);
      // The one behind may need less.
      this.#startWaiting();
    };
    signal.addEventListener("abort", abort, { once: true });
    this.#waiting.add(waiter);
    return promise;
  }
}
