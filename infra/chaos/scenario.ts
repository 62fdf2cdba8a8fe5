import type { Expectations } from "./check-history.ts";
import type { Lab } from "./lab.ts";
import type { Load, LoadPlan } from "./load.ts";

/** One way to break the system, and what it has to survive. */
export interface Scenario<L = Lab> {
  readonly name: string;
  /** What a clean run of it shows, in a sentence. */
  readonly proves: string;
  /** Part of `--quick`. */
  readonly quick?: boolean;
  /** With an event router between the streams and edge, also where the run is without. */
  readonly fanout?: boolean;
  /** Workers running. Default 1. */
  readonly workers?: number;
  /** Changes to the load. */
  readonly load?: Partial<
    Pick<LoadPlan, "ratePerS" | "ratePerSAfter" | "kinds" | "followShare" | "retries">
  >;
  /** Changes to what is demanded. */
  readonly demands?: Partial<Expectations>;
  /** Longest wait for the last scan to end after the load, in milliseconds. Default 45 s. */
  readonly settleMsMax?: number;
  /** Runs on a tree with these patches. */
  readonly tree?: "crash-points";
  /** Breaks it; resolves when the fault is over. The load goes on meanwhile and for a while after. */
  fault(lab: L, load: Load): Promise<void>;
}
