import { Counter, Histogram } from "prom-client";
import type { Logger } from "#lib/log/logger.ts";
import { activeTraceparent, startSpan } from "#lib/trace/span.ts";

/** What a user submits and waits for. */
export type SubmitKind = "scan" | "chat";

const submits = new Counter({
  name: "eco2_submits_total",
  help: "Submits of a valid request, by outcome: accepted, replayed, or a fault's code",
  labelNames: ["kind", "outcome"],
});
const results = new Counter({
  name: "eco2_results_total",
  help: "Ends of what was accepted, by outcome: completed, or a fault's code; a redrive ends once more",
  labelNames: ["kind", "outcome"],
});
const submitToEnd = new Histogram({
  name: "eco2_submit_to_end_seconds",
  help: "Time from a submit to the end its user sees; redrives are left out",
  labelNames: ["kind", "status"],
  buckets: [0.5, 1, 2.5, 5, 7.5, 10, 15, 20, 30, 45, 60, 90, 120, 300, 600],
});

export function countSubmit(kind: SubmitKind, outcome: string): void {
  submits.inc({ kind, outcome });
}

/** An end that became visible just now. Times are milliseconds since the Unix epoch. */
export interface Ended {
  readonly jobId: string;
  /** Undefined for one that has completed. */
  readonly code: string | undefined;
  /** The model that replied, or that was asked for. */
  readonly model: string | undefined;
  readonly epoch: number;
  readonly submittedAt: number;
  readonly endedAt: number;
}
export type OnEnd = (end: Ended) => void;

/** What the stores of both are given. */
export interface StoreOptions {
  /** How long a paid output is kept for a redelivery, in seconds. */
  readonly checkpointTtlS?: number;
  /** Called once for each end of an epoch. */
  readonly onEnd?: OnEnd;
}

/** Counts ends and logs one line for each. */
export function observeEnds(kind: SubmitKind, log: Logger): OnEnd {
  return ({ jobId, code, model, epoch, submittedAt, endedAt }) => {
    const outcome = code ?? "completed";
    const duration_ms = Math.max(0, endedAt - submittedAt);
    results.inc({ kind, outcome });
    const status = code === undefined ? "completed" : "failed";
    if (epoch === 0) submitToEnd.observe({ kind, status }, duration_ms / 1_000);
    const parent = activeTraceparent();
    if (parent) {
      const attributes = { "eco2.job_id": jobId, "eco2.outcome": outcome };
      startSpan({ name: `end ${kind}`, kind: "internal", parent, attributes }).end({ error: code });
    }
    log.info(`${kind} ended`, { task_id: jobId, duration_ms, model, outcome, epoch });
  };
}
