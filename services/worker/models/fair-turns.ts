import { FairQueue } from "./fair-queue.ts";

export interface FairTurnsOptions {
  /** Tokens that a call of the user is expected to use. */
  readonly costOf: (user: string) => number;
  /** Messages worked on at once, whatever the models take. */
  readonly runningMax: number;
  /** Past it a message goes back to the broker, which closes the channel of whoever holds one for 30 minutes. */
  readonly waitMsMax?: number;
}

type Leave = () => void;

interface Waiter {
  readonly user: string;
  readonly resolve: (leave: Leave | undefined) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/**
 * Which of the messages that a consumer holds is worked on next: as many at once as the models take, fairly between
 * users. One user's flood waits here, where it holds nothing but its messages, and others come past it. What
 * `lib/queue/turns.ts` asks for.
 *
 * Where more are worked on than may be, since the models have just turned out to take less, nobody waits until these
 * have ended but users who have a message among them; the others come in on top, as many as may be at once.
 */
export class FairTurns {
  readonly #waiting: FairQueue<Waiter>;
  readonly #waitMsMax: number;
  readonly #runningMax: number;
  /** Messages worked on, by user. */
  readonly #runningOf = new Map<string, number>();
  #max: number;
  #running = 0;
  #onTop = 0;

  constructor({ costOf, runningMax, waitMsMax = 10 * 60_000 }: FairTurnsOptions) {
    this.#waiting = new FairQueue(costOf);
    this.#runningMax = runningMax;
    this.#max = runningMax;
    this.#waitMsMax = waitMsMax;
  }

  /** Messages worked on at once from now on; those that are more go on. */
  setMax(max: number): void {
    this.#max = Math.min(max, this.#runningMax);
    this.#admit();
  }

  tryTake(body: unknown): Leave | undefined {
    if (this.#running >= this.#max || this.#waiting.size > 0) return undefined;
    return this.#enter(userOf(body));
  }

  take(body: unknown): Promise<Leave | undefined> {
    const { promise, resolve } = Promise.withResolvers<Leave | undefined>();
    const user = userOf(body);
    const timer = setTimeout(() => {
      this.#waiting.remove(user, waiter);
      resolve(undefined);
    }, this.#waitMsMax);
    const waiter = { user, resolve, timer };
    // What has been deferred comes back to its place.
    this.#waiting.push(user, waiter, Number(memberOf(body, "submitted_at")) || 0);
    this.#admit();
    return promise;
  }

  dismiss(): void {
    for (const { resolve, timer } of this.#waiting.clear()) {
      clearTimeout(timer);
      resolve(undefined);
    }
  }

  #admit(): void {
    for (let next = this.#next(); next; next = this.#next()) {
      clearTimeout(next.timer);
      next.resolve(this.#enter(next.user));
    }
  }

  #next(): Waiter | undefined {
    if (this.#running < this.#max) return this.#waiting.shift();
    if (this.#running === this.#max || this.#onTop >= this.#max) return undefined;
    return this.#waiting.shift((user) => !this.#runningOf.has(user));
  }

  #enter(user: string): Leave {
    const isOnTop = this.#running >= this.#max;
    this.#count(user, 1, isOnTop);
    return () => {
      this.#count(user, -1, isOnTop);
      this.#admit();
    };
  }

  #count(user: string, by: 1 | -1, isOnTop: boolean): void {
    this.#running += by;
    if (isOnTop) this.#onTop += by;
    const count = (this.#runningOf.get(user) ?? 0) + by;
    if (count === 0) this.#runningOf.delete(user);
    else this.#runningOf.set(user, count);
  }
}

function userOf(body: unknown): string {
  return String(memberOf(body, "user_id"));
}

function memberOf(body: unknown, name: string): unknown {
  return typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
}
