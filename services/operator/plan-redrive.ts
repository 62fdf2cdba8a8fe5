import * as v from "valibot";
import { findRegulation } from "#lib/contract/regulations.ts";
import { isTaskName, type TaskName } from "#lib/contract/task.ts";
import type { PaidStage } from "#lib/scan/scan-events.ts";
import { ScanMessage } from "#lib/scan/scan-message.ts";
import { canRun, stageOf } from "#lib/scan/settle-dead-letter.ts";
import { jobIdOf, TASK_MESSAGES } from "#lib/scan/task-messages.ts";

/** Stages a redrive may resume from, in order. */
export const FROM_STAGES = ["vision", "rule", "answer", "reward"] as const;
export type FromStage = (typeof FROM_STAGES)[number];

/** What redriving one dead letter means. */
export type Plan =
  | {
      readonly kind: "go";
      readonly jobId: string | undefined;
      readonly to: TaskName;
      readonly body: unknown;
      /** Stages that will call a model, unless a checkpoint spares it. */
      readonly pays: readonly PaidStage[];
    }
  | { readonly kind: "refused"; readonly jobId: string | undefined; readonly reason: string };

/**
 * A dead letter resumes at its own task, or at the stage the operator names: outputs from that stage on
 * are stripped, and a stage whose inputs it does not carry is refused.
 */
export function planRedrive(task: TaskName, body: unknown, from?: FromStage): Plan {
  const jobId = jobIdOf(body);
  const refuse = (reason: string): Plan => ({ kind: "refused", jobId, reason });
  if ("reply" in TASK_MESSAGES[task]) return refuse("an RPC: its caller waits no more");
  const scan = v.safeParse(LooseScanMessage, body);
  const stage = from ?? FROM_STAGES.find((one) => one === stageOf(task));
  if (stage === undefined || !scan.success) {
    if (from !== undefined) return refuse("not a scan: it has no stages");
    if (!canRun(task, body)) return refuse(`${task} could not read it`);
    return { kind: "go", jobId, to: task, body, pays: [] };
  }
  const stripped = strip(scan.output, stage);
  const to = `scan.${stage}`;
  if (!isTaskName(to) || !canRun(to, stripped))
    return refuse(`it has no output to go on from ${stage} with`);
  return { kind: "go", jobId, to, body: stripped, pays: paidFrom(stage, stripped) };
}

/** Keeps fields that a newer version may have added. */
const LooseScanMessage = v.looseObject(ScanMessage.entries);
type LooseScanMessage = v.InferOutput<typeof LooseScanMessage>;

function strip({ vision, answer, ...rest }: LooseScanMessage, from: FromStage): LooseScanMessage {
  if (from === "vision") return rest;
  const seen = vision === undefined ? rest : { ...rest, vision };
  return from === "reward" && answer !== undefined ? { ...seen, answer } : seen;
}

function paidFrom(stage: FromStage, { vision }: LooseScanMessage): PaidStage[] {
  if (stage === "vision") return ["vision", "answer"];
  if (stage === "reward") return [];
  // Without a regulation the answer is a fixed text.
  return vision && findRegulation(vision.classification) ? ["answer"] : [];
}
