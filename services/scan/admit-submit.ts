import { Fault } from "#lib/error/fault.ts";

/** What is left of a caller's submits in the current window. */
export interface Quota {
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until the window ends. */
  readonly resetS: number;
}

export interface AdmitDeps {
  /**
   * Counts one submit against the caller's and everybody's window, both or neither. `scope` names the
   * one that is used up; undefined when the submit may go on.
   */
  countSubmit(userId: string): Promise<Quota & { scope: "user" | "global" | undefined }>;
}

/**
 * Turns a submit away before it costs anything. Counted per minute in fixed windows: at most twice the
 * limit comes through around the turn of a minute, which is what protects a budget at the least cost.
 *
 * @throws Fault `RATE_LIMITED` (the caller's own limit) or `OVERLOADED` (everybody's), both with the time
 * to wait.
 */
export async function admitSubmit(deps: AdmitDeps, userId: string): Promise<Quota> {
  const { scope, ...quota } = await deps.countSubmit(userId);
  if (scope === undefined) return quota;
  const retryAfterMs = quota.resetS * 1_000;
  throw new Fault(scope === "user" ? "RATE_LIMITED" : "OVERLOADED", { retryAfterMs });
}
