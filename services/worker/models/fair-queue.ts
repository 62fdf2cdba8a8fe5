/**
 * Fair queueing by cost: those who wait, ordered so that each user gets the same share of what is served.
 *
 * Every user has a start, on a scale of cost: how much they have been served. The lowest start comes next, then the
 * longest without a turn; within a user the oldest comes first. A turn moves its user's start on by what a turn of
 * theirs costs, so a user who pays ten times as much for each comes a tenth as often.
 *
 * The virtual time is what a user who always waited would have been served, about. Whoever begins to wait starts
 * there at the earliest: having been away earns nothing. So with turns of equal cost a user who is light waits for one
 * turn of every other user at most, however many of these wait, and users who come anew hold nobody back for ever.
 *
 * Pure. A turn takes as long as an insertion into a sorted list of the users who wait.
 */
export class FairQueue<T> {
  readonly #costOf: (user: string) => number;
  readonly #lines = new Map<string, Line<T>>();
  /** Lines with somebody in them, the next one first. */
  readonly #order: Line<T>[] = [];
  #virtualTime = 0;
  #lastInsertion = 0;
  /** Turns since those who do not wait were looked through, of which a few may stay. */
  #unswept = 0;
  #size = 0;

  /** @param costOf what a turn of the user is expected to cost; more than 0 */
  constructor(costOf: (user: string) => number) {
    this.#costOf = costOf;
  }

  get size(): number {
    return this.#size;
  }

  /** @param at orders what waits for one user: the lowest first, equal ones as they came */
  push(user: string, item: T, at: number): void {
    const line = this.#lines.get(user) ?? { user, start: 0, insertion: 0, waiting: [] };
    this.#lines.set(user, line);
    let index = line.waiting.length;
    // From the end, where what has just come belongs.
    while (index > 0 && (line.waiting[index - 1]?.at ?? 0) > at) index--;
    line.waiting.splice(index, 0, { item, at });
    this.#size += 1;
    if (line.waiting.length > 1) return;
    line.start = Math.max(line.start, this.#virtualTime);
    this.#insert(line);
  }

  /**
   * Takes out whose turn it is.
   *
   * @param isEligible whether the user may have one; others are passed over, and keep their place
   */
  shift(isEligible: (user: string) => boolean = () => true): T | undefined {
    const users = this.#order.length;
    const index = this.#order.findIndex(({ user }) => isEligible(user));
    const [line] = index < 0 ? [] : this.#order.splice(index, 1);
    const next = line?.waiting.shift();
    if (!line || !next) return undefined;
    this.#size -= 1;
    const cost = this.#costOf(line.user);
    const virtualTime = Math.max(this.#virtualTime, line.start) + cost / users;
    line.start += cost;
    if (line.waiting.length > 0) this.#insert(line);
    // Nobody who waits is to be served twice before a user who comes now.
    const [least] = this.#order;
    const latest = least ? least.start + this.#costOf(least.user) : virtualTime;
    this.#virtualTime = Math.min(virtualTime, latest);
    if (line.waiting.length === 0) this.#forgetServed();
    return next.item;
  }

  /** Takes out somebody who waits no longer. */
  remove(user: string, item: T): void {
    const line = this.#lines.get(user);
    const index = line?.waiting.findIndex((one) => one.item === item) ?? -1;
    if (!line || index < 0) return;
    line.waiting.splice(index, 1);
    this.#size -= 1;
    if (line.waiting.length > 0) return;
    this.#order.splice(this.#indexOf(line), 1);
    this.#forgetServed();
  }

  /** Takes out all. */
  clear(): T[] {
    const all = this.#order.flatMap(({ waiting }) => waiting.map(({ item }) => item));
    this.#order.length = 0;
    this.#size = 0;
    this.#forgetServed();
    return all;
  }

  #insert(line: Line<T>): void {
    line.insertion = ++this.#lastInsertion;
    this.#order.splice(this.#indexOf(line), 0, line);
  }

  /** Where the line is, or belongs. */
  #indexOf({ start, insertion }: Line<T>): number {
    let [from, to] = [0, this.#order.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      const other = this.#order[middle];
      const isBefore =
        other && (other.start < start || (other.start === start && other.insertion < insertion));
      if (isBefore) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  /** Forgets users who do not wait: all when nobody does, else, now and then, those who would start anew. */
  #forgetServed(): void {
    if (this.#order.length === 0) {
      this.#lines.clear();
      this.#virtualTime = 0;
    } else if (this.#lines.size > 2 * this.#order.length + idleMax && ++this.#unswept > idleMax) {
      this.#unswept = 0;
      for (const [user, { start, waiting }] of this.#lines) {
        if (waiting.length === 0 && start <= this.#virtualTime) this.#lines.delete(user);
      }
    }
  }
}

interface Line<T> {
  readonly user: string;
  /** Of the next turn. */
  start: number;
  /** Equal starts keep the order in which they came. */
  insertion: number;
  readonly waiting: { readonly item: T; readonly at: number }[];
}

const idleMax = 1_000;
