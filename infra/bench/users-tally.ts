import { percentiles } from "./statistics.ts";

export interface EndedScan {
  readonly jobId: string;
  readonly userId: string;
  readonly idempotencyKey: string;
}

/** What a load run has come to. Times in milliseconds. */
export type LoadReport = ReturnType<Tally["report"]>;

const sampleMax = 200;

/** Counts over the whole run; times only of what happens within the window. */
export class Tally {
  inWindow = false;
  /** Scans that got a 202, and how they ended. */
  readonly #counts = { accepted: 0, completed: 0, failed: 0, inFlightMax: 0, reconnects: 0 };
  readonly #errors: Record<string, number> = {};
  readonly #sample: EndedScan[] = [];
  readonly #ms = { e2e: [] as number[], submit: [] as number[], lag: [] as number[] };

  accept(submitMs: number): void {
    this.#counts.accepted++;
    this.#counts.inFlightMax = Math.max(this.#counts.inFlightMax, this.inFlight);
    this.#time("submit", submitMs);
  }

  /** @param lagMs receipt less the event's own time, of an event that came over an open stream */
  event(lagMs: number): void {
    this.#time("lag", lagMs);
  }

  end(scan: EndedScan, isCompleted: boolean, e2eMs: number): void {
    this.#counts[isCompleted ? "completed" : "failed"]++;
    this.#time("e2e", e2eMs);
    if (this.#sample.length < sampleMax) this.#sample.push(scan);
  }

  /** A stream that broke is resumed. */
  reconnect(): void {
    this.#counts.reconnects++;
  }

  /** What went wrong, by kind; a scan may have an error and complete all the same. */
  error(kind: string): void {
    this.#errors[kind] = (this.#errors[kind] ?? 0) + 1;
  }

  get accepted(): number {
    return this.#counts.accepted;
  }

  get inFlight(): number {
    const { accepted, completed, failed } = this.#counts;
    return accepted - completed - failed;
  }

  report() {
    const { e2e, submit, lag } = this.#ms;
    return {
      ...this.#counts,
      errors: this.#errors,
      /** Scans that ended within the window, and what their users saw. */
      finished: e2e.length,
      e2eMs: spread(e2e),
      submitMs: spread(submit),
      lagMs: spread(lag),
      /** Some of the ended scans, for a look at what they leave behind. */
      sample: this.#sample,
    };
  }

  #time(of: "e2e" | "submit" | "lag", ms: number): void {
    if (this.inWindow) this.#ms[of].push(ms);
  }
}

function spread(values: readonly number[]) {
  const [p50 = 0, p95 = 0, p99 = 0] = percentiles(values, [50, 95, 99]);
  return { p50, p95, p99 };
}
