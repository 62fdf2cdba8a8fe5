export interface EndedScan {
  readonly jobId: string;
  readonly userId: string;
  readonly idempotencyKey: string;
}

const sampleMax = 200;

/** What a load run has come to. Counts are of the whole run; times, in ms, of what happens within the window. */
export class Tally {
  inWindow = false;
  /** Scans that got a 202, and how they ended. */
  accepted = 0;
  completed = 0;
  failed = 0;
  inFlightMax = 0;
  /** Streams that broke, and were resumed. */
  reconnects = 0;
  /** What went wrong, by kind; a scan may have an error and complete all the same. */
  readonly errors: Record<string, number> = {};
  /** Of each scan that ended, as its user saw it. */
  readonly e2eMs: number[] = [];
  readonly submitMs: number[] = [];
  /** Receipt less the event's own time, of each event that came over an open stream. */
  readonly lagMs: number[] = [];
  /** Some of the ended scans, for a look at what they leave behind. */
  readonly sample: EndedScan[] = [];

  accept(submitMs: number): void {
    this.accepted++;
    this.inFlightMax = Math.max(this.inFlightMax, this.inFlight());
    this.time("submitMs", submitMs);
  }

  end(scan: EndedScan, isCompleted: boolean, e2eMs: number): void {
    this[isCompleted ? "completed" : "failed"]++;
    this.time("e2eMs", e2eMs);
    if (this.sample.length < sampleMax) this.sample.push(scan);
  }

  error(kind: string): void {
    this.errors[kind] = (this.errors[kind] ?? 0) + 1;
  }

  time(what: "e2eMs" | "submitMs" | "lagMs", ms: number): void {
    if (this.inWindow) this[what].push(ms);
  }

  inFlight(): number {
    return this.accepted - this.completed - this.failed;
  }
}
