import { unavailable } from "./unavailable.ts";

const tickMs = 100;

/** Started by `BrokerAlarm.timer`. */
export interface Timer {
  readonly ms: number;
  /** As `performance.now()` counts. */
  readonly endsAt: number;
  readonly underAlarm: "runs" | "pauses" | "fails";
  readonly onEnd: () => void;
  isOpen: boolean;
}

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
  /** Those that are called off stay until the next tick. */
  #timers: Timer[] = [];
  #ticker: ReturnType<typeof setInterval> | undefined;

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
    if (this.isRefusing) this.#endAll();
  }

  clear(): void {
    if (this.#isOn) this.#endedAt = performance.now();
    this.#isOn = false;
  }

  /** From now on nothing waits for an alarm, as in a process that stops. */
  stopWaiting(): void {
    this.#waits = false;
    if (this.#isOn) this.#endAll();
  }

  /**
   * Calls `onEnd` once, up to `tickMs` after `ms` have passed. A scan needs dozens, and calls nearly all of them off:
   * so one timer of the system serves them all.
   *
   * @param underAlarm whether an alarm's time counts. With `fails` it ends at once where nobody waits for the alarm,
   * and pauses elsewhere; one that paused has the whole time again after it.
   */
  timer(ms: number, underAlarm: Timer["underAlarm"], onEnd: () => void): Timer {
    const timer = { ms, endsAt: performance.now() + ms, underAlarm, onEnd, isOpen: true };
    this.#timers.push(timer);
    if (this.isRefusing && underAlarm === "fails") queueMicrotask(() => this.#end(timer));
    this.#ticker ??= setInterval(() => this.#tick(), tickMs);
    return timer;
  }

  /** @returns false when it has ended, or was called off before. */
  callOff(timer: Timer): boolean {
    const wasOpen = timer.isOpen;
    timer.isOpen = false;
    return wasOpen;
  }

  /**
   * The outcome of a request to the broker.
   *
   * @throws Fault `UNAVAILABLE` when the deadline expires first.
   */
  async within<T>(ms: number, request: PromiseLike<T>): Promise<T> {
    const { promise: expired, reject } = Promise.withResolvers<never>();
    const timer = this.timer(ms, "fails", () => reject(unavailable("no response")));
    try {
      return await Promise.race([request, expired]);
    } finally {
      this.callOff(timer);
    }
  }

  #tick(): void {
    const now = performance.now();
    this.#timers = this.#timers.filter(({ isOpen }) => isOpen);
    for (const timer of this.#timers) {
      const { ms, endsAt, underAlarm } = timer;
      const isPaused = underAlarm !== "runs" && (this.#isOn || this.#endedAt + ms > now);
      if (endsAt <= now && !isPaused) this.#end(timer);
    }
    if (this.#timers.length > 0) return;
    clearInterval(this.#ticker);
    this.#ticker = undefined;
  }

  #end(timer: Timer): void {
    if (this.callOff(timer)) timer.onEnd();
  }

  #endAll(): void {
    for (const timer of this.#timers) if (timer.underAlarm === "fails") this.#end(timer);
  }
}
