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
  readonly #counts = { accepted: 0, completed: 0, failed: 0, inFlightMax: 0, reconnects: 0 };
  readonly #errors: Record<string, number> = {};
  readonly #sample: EndedScan[] = [];
  readonly #ms: Record<"e2eMs" | "submitMs" | "lagMs", number[]> = {
    ...{ e2eMs: [], submitMs: [], lagMs: [] },
  };

  accept(submitMs: number): void {
    this.#counts.accepted++;
    this.#counts.inFlightMax = Math.max(this.#counts.inFlightMax, this.inFlight);
    this.#time("submitMs", submitMs);
  }

  event(lagMs: number): void {
    this.#time("lagMs", lagMs);
  }

  end(scan: EndedScan, isCompleted: boolean, e2eMs: number): void {
    this.#counts[isCompleted ? "completed" : "failed"]++;
    this.#time("e2eMs", e2eMs);
    if (this.#sample.length < sampleMax) this.#sample.push(scan);
  }

  reconnect(): void {
    this.#counts.reconnects++;
  }

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

  report(): LoadReport {
    const { e2eMs, submitMs, lagMs } = this.#ms;
    return {
      ...this.#counts,
      errors: this.#errors,
      finished: e2eMs.length,
      e2eMs: spread(e2eMs),
      submitMs: spread(submitMs),
      lagMs: spread(lagMs),
      sample: this.#sample,
    };
  }

  #time(of: "e2eMs" | "submitMs" | "lagMs", ms: number): void {
    if (this.inWindow) this.#ms[of].push(ms);
  }
}

function spread(values: readonly number[]): v.InferOutput<typeof Spread> {
  const [p50 = 0, p95 = 0, p99 = 0] = [50, 95, 99].map((p) => percentile(values, p));
  return { p50, p95, p99 };
}
