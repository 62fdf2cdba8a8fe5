/**
 * Calls of one outcome that were sent one after another, whenever they ended: of calls sent together the
 * failed ones end first, and in the order of their ends they look like an outage.
 */
export class ConsecutiveCalls {
  /** Who called, by the number of the call. */
  readonly #callers = new Map<number, string>();

  /** @returns the callers of all calls with this outcome round this one, without a gap */
  add(call: number, caller: string): readonly string[] {
    this.#callers.set(call, caller);
    for (const oldest of this.#callers.keys()) {
      if (this.#callers.size <= keptMax) break;
      this.#callers.delete(oldest);
    }
    return [...this.#from(call, -1), ...this.#from(call + 1, 1)];
  }

  clear(): void {
    this.#callers.clear();
  }

  *#from(call: number, step: number): Generator<string> {
    for (let at = call; ; at += step) {
      const caller = this.#callers.get(at);
      if (caller === undefined) return;
      yield caller;
    }
  }
}

/** More than any row that is asked for. */
const keptMax = 64;
