import * as v from "valibot";
import { percentile } from "./statistics.ts";

const Spread = v.object({ p50: v.number(), p95: v.number(), p99: v.number() });
const EndedScan = v.object({ jobId: v.string(), userId: v.string(), idempotencyKey: v.string() });
export type EndedScan = v.InferOutput<typeof EndedScan>;

/** What a load run has come to. Times in milliseconds. */
export const LoadReport = v.object({
  /** All scans that got a 202, from the first to the last, and how they ended. */
  accepted: v.number(),
  completed: v.number(),
  failed: v.number(),
  inFlightMax: v.number(),
  /** Streams that broke and were resumed. */
  reconnects: v.number(),
  /** What went wrong, by kind; a scan may be in it and complete all the same. */
  errors: v.record(v.string(), v.number()),
  /** Scans that ended within the window, and what their users saw. */
  finished: v.number(),
  e2eMs: Spread,
  submitMs: Spread,
  /** Receipt less the event's own time, of events that came over an open stream. */
  lagMs: Spread,
  /** Some of the ended scans, for a look at what they leave behind. */
  sample: v.array(EndedScan),
});
export type LoadReport = v.InferOutput<typeof LoadReport>;

const sampleMax = 200;

/** Counts over the whole run; times only of what happens within the window. */
export class Tally {
  inWindow = false;
  reconnects = 0;
  accepted = 0;
  #completed = 0;
  #failed = 0;
  #inFlightMax = 0;
  readonly #errors = new Map<string, number>();
  readonly #e2eMs: number[] = [];
  readonly #submitMs: number[] = [];
  readonly #lagMs: number[] = [];
  readonly #sample: EndedScan[] = [];

  accept(submitMs: number): void {
    this.accepted++;
    this.#inFlightMax = Math.max(this.#inFlightMax, this.inFlight);
    if (this.inWindow) this.#submitMs.push(submitMs);
  }

  event(lagMs: number): void {
    if (this.inWindow) this.#lagMs.push(lagMs);
  }

  end(scan: EndedScan, isCompleted: boolean, e2eMs: number): void {
    if (isCompleted) this.#completed++;
    else this.#failed++;
    if (this.inWindow) this.#e2eMs.push(e2eMs);
    if (this.#sample.length < sampleMax) this.#sample.push(scan);
  }

  error(kind: string): void {
    this.#errors.set(kind, (this.#errors.get(kind) ?? 0) + 1);
  }

  get inFlight(): number {
    return this.accepted - this.#completed - this.#failed;
  }

  report(): LoadReport {
    return {
      accepted: this.accepted,
      completed: this.#completed,
      failed: this.#failed,
      inFlightMax: this.#inFlightMax,
      reconnects: this.reconnects,
      errors: Object.fromEntries(this.#errors),
      finished: this.#e2eMs.length,
      e2eMs: spread(this.#e2eMs),
      submitMs: spread(this.#submitMs),
      lagMs: spread(this.#lagMs),
      sample: this.#sample,
    };
  }
}

function spread(values: readonly number[]): v.InferOutput<typeof Spread> {
  const [p50 = 0, p95 = 0, p99 = 0] = [50, 95, 99].map((p) => percentile(values, p));
  return { p50, p95, p99 };
}
