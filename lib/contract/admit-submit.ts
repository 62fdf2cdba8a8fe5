import { Fault, type Quota } from "#lib/error/fault.ts";

export interface AdmitDeps {
  /**
   * Counts one submit against the caller's and everybody's window, both or neither. `scope` names the
   * one that is used up; undefined when the submit may go on.
   */
  countSubmit(
    userId: string,
  ): Promise<{ readonly own: Quota; readonly scope: "user" | "global" | undefined }>;
}

/**
 * Turns a submit away before it costs a look at its photo. Counted per minute in fixed windows: at most twice the
 * limit comes through around the turn of a minute, which is what protects a budget at the least cost.
 *
 * @returns what is left of the caller's own.
 * @throws Fault `RATE_LIMITED` (the caller's own limit) or `OVERLOADED` (everybody's), both with the time
 * to wait.
 */
export async function admitSubmit(deps: AdmitDeps, userId: string): Promise<Quota> {
  const { scope, own } = await deps.countSubmit(userId);
  if (scope === undefined) return own;
  if (scope === "user") throw new Fault("RATE_LIMITED", { quota: own });
  throw new Fault("OVERLOADED", { retryAfterMs: own.resetS * 1_000 });
}
