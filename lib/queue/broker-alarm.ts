import { unavailable } from "./unavailable.ts";

/**
 * The broker's memory or disk alarm, as one connection hears of it. While it is on, the broker reads nothing that
 * this connection sends: a publish is confirmed, and an ack heard, when the alarm is over. What was written is not
 * lost by then, so time under an alarm says nothing about a message.
 *
 * A process that waits for it lets its publishes take as long as the alarm does; any other refuses them at once.
 */
export class BrokerAlarm {
  #isOn = false;
  #endedAt = Number.NEGATIVE_INFINITY;
  #waits: boolean;
  readonly #pending = new Set<() => void>();

  /** @param options `waits`: false where somebody waits for the response */
  constructor({ waits = false } = {}) {
    this.#waits = waits;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** True when nothing should be published: it is on, and not waited for. */
  get isRefusing(): boolean {
    return this.#isOn && !this.#waits;
  }

  raise(): void {
    this.#isOn = true;
    if (this.isRefusing) this.#expireAll();
  }

  clear(): void {
    if (this.#isOn) this.#endedAt = performance.now();
    this.#isOn = false;
  }

  /** From now on nothing waits for an alarm, as in a process that stops. */
  stopWaiting(): void {
    this.#waits = false;
    if (this.#isOn) this.#expireAll();
  }

  /**
   * Calls `onEnd` when `ms` without an alarm have passed.
   *
   * @returns calls it off
   */
  timer(ms: number, onEnd: () => void): () => void {
    const check = (): void => {
      const leftMs = this.#isOn ? ms : this.#endedAt + ms - performance.now();
      if (leftMs <= 0) onEnd();
      else timeout = setTimeout(check, leftMs);
    };
    let timeout = setTimeout(check, ms);
    return () => clearTimeout(timeout);
  }

  /**
   * Calls `onExpire` when the timer ends, or as soon as an alarm is on that is not waited for.
   *
   * @returns calls it off
   */
  deadline(ms: number, onExpire: () => void): () => void {
    const cancel = (): void => {
      stopTimer();
      this.#pending.delete(expire);
    };
    const expire = (): void => {
      cancel();
      onExpire();
    };
    const stopTimer = this.timer(ms, expire);
    this.#pending.add(expire);
    if (this.isRefusing) queueMicrotask(() => this.#pending.has(expire) && expire());
    return cancel;
  }

  /**
   * The outcome of a request to the broker.
   *
   * @throws Fault `UNAVAILABLE` when the deadline expires first.
   */
  async within<T>(ms: number, request: PromiseLike<T>): Promise<T> {
    const { promise: expired, reject } = Promise.withResolvers<never>();
    const cancel = this.deadline(ms, () => reject(unavailable("no response")));
    try {
      return await Promise.race([request, expired]);
    } finally {
      cancel();
    }
  }

  #expireAll(): void {
    for (const expire of [...this.#pending]) expire();
  }
}
