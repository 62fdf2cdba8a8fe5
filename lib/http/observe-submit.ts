import type { Context } from "hono";
import { Fault } from "#lib/error/fault.ts";
import { countSubmit, type SubmitKind } from "#lib/process/submit-metrics.ts";
import type { AppEnv } from "./create-app.ts";

/** Counts a submit by its outcome, and logs one line for what was accepted. */
export async function observeSubmit<
  T extends { readonly answer: { readonly job_id: string }; readonly replayed: boolean },
>(c: Context<AppEnv>, kind: SubmitKind, submitted: Promise<T>): Promise<T> {
  try {
    const { answer, replayed } = await submitted;
    countSubmit(kind, replayed ? "replayed" : "accepted");
    const fields = { task_id: answer.job_id, trace_id: c.get("traceId") };
    if (!replayed) c.get("log").info(`${kind} accepted`, fields);
  } catch (error) {
    countSubmit(kind, Fault.from(error).code);
    throw error;
  }
  return submitted;
}
