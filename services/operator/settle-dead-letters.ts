import type { DeadLetter } from "#lib/contract/dead-letter.ts";
import type { PaidStage } from "#lib/scan/scan-events.ts";
import {
  type EndDeadLetterDeps,
  type Settled,
  settleDeadLetter,
  settleEach,
} from "#lib/scan/settle-dead-letter.ts";
import { jobIdOf } from "#lib/scan/task-messages.ts";
import { type Audit, audited, type Counts } from "./audit.ts";
import type { DlqQueue } from "./dlq-queue.ts";
import { type FromStage, type Plan, planRedrive } from "./plan-redrive.ts";
import type { Queues } from "./queues.ts";

export interface SettleDeps extends Pick<Queues, "take"> {
  readonly ending: EndDeadLetterDeps;
  readonly audit: Audit;
}

export interface RedriveDeps extends SettleDeps {
  /** True where Redis has the output of a paid stage, which will not be paid again. */
  hasCheckpoint(jobId: string, stage: PaidStage): Promise<boolean>;
}

export interface RedriveReport {
  readonly queue: string;
  readonly messages: readonly { job_id: string | undefined; to: string }[];
  /** Model calls it costs, by stage; what a checkpoint covers is not among them. */
  readonly calls: Readonly<Record<PaidStage, number>>;
  readonly coveredByCheckpoint: number;
  readonly refused: readonly { job_id: string | undefined; reason: string }[];
}

export interface RedriveOptions {
  readonly limit: number;
  readonly from: FromStage | undefined;
  /** Told what it will cost before anything is done; false leaves everything as it is. */
  confirm(report: RedriveReport): boolean;
}

/** As the timer does, but however often a dead letter was redriven before, and from any stage it allows. */
export async function redriveDeadLetters(
  deps: RedriveDeps,
  { name, task }: DlqQueue,
  { limit, from, confirm }: RedriveOptions,
): Promise<Counts> {
  const deadLetters = await deps.take(name, limit);
  const planned = deadLetters.map((deadLetter) => ({
    deadLetter,
    plan: planRedrive(task, deadLetter.body, from),
  }));
  const going = planned.flatMap(({ deadLetter, plan }) =>
    plan.kind === "go" ? [{ deadLetter, plan }] : [],
  );
  const report = await describe(
    deps,
    name,
    planned.map(({ plan }) => plan),
  );
  if (!confirm(report) || going.length === 0) {
    await requeue(deadLetters);
    return {};
  }
  await requeue(planned.filter(({ plan }) => plan.kind === "refused").map((one) => one.deadLetter));
  const plans = new Map(going.map(({ deadLetter, plan }) => [deadLetter, plan]));
  const moving = [...plans.keys()];
  const action = from === undefined ? "redrive" : `redrive from ${from}`;
  return record(deps, action, name, moving, () =>
    settleEach(moving, (deadLetter) => {
      const plan = plans.get(deadLetter);
      const to = plan && { task: plan.to, body: plan.body };
      return settleDeadLetter(deps.ending, deadLetter, "redrive", to);
    }),
  );
}

/** Moves dead letters to the archive, where the redrive timer leaves them to a person. */
export async function archiveDeadLetters(
  deps: SettleDeps,
  { name }: DlqQueue,
  limit: number,
): Promise<Counts> {
  const deadLetters = await deps.take(name, limit);
  return record(deps, "archive", name, deadLetters, () =>
    settleEach(deadLetters, (one) => settleDeadLetter(deps.ending, one, "archive")),
  );
}

/** Deletes dead letters for good; their scans have ended by then. */
export async function purgeDeadLetters(
  deps: SettleDeps,
  { name }: DlqQueue,
  limit: number,
): Promise<Counts> {
  const deadLetters = await deps.take(name, limit);
  return record(deps, "purge", name, deadLetters, () =>
    settleEach(deadLetters, (one) => settleDeadLetter(deps.ending, one, "purge")),
  );
}

async function record(
  { audit }: SettleDeps,
  action: string,
  queue: string,
  deadLetters: readonly DeadLetter[],
  move: () => Promise<Settled[]>,
): Promise<Counts> {
  if (deadLetters.length === 0) return {};
  const jobIds = deadLetters.map(({ body }) => jobIdOf(body) ?? "unknown");
  return audited(audit, { action, queue, jobIds }, async () => {
    const counts: Record<string, number> = {};
    for (const { outcome } of await move()) counts[outcome] = (counts[outcome] ?? 0) + 1;
    return counts;
  });
}

async function requeue(deadLetters: readonly DeadLetter[]): Promise<void> {
  for (const one of deadLetters) await one.requeue();
}

async function describe(
  { hasCheckpoint }: RedriveDeps,
  queue: string,
  plans: readonly Plan[],
): Promise<RedriveReport> {
  const calls = { vision: 0, answer: 0 };
  let coveredByCheckpoint = 0;
  for (const plan of plans) {
    if (plan.kind === "refused") continue;
    for (const stage of plan.pays) {
      if (await hasCheckpoint(plan.jobId ?? "", stage)) coveredByCheckpoint++;
      else calls[stage]++;
    }
  }
  return {
    queue,
    messages: plans.flatMap((plan) =>
      plan.kind === "go" ? [{ job_id: plan.jobId, to: plan.to }] : [],
    ),
    calls,
    coveredByCheckpoint,
    refused: plans.flatMap((plan) =>
      plan.kind === "refused" ? [{ job_id: plan.jobId, reason: plan.reason }] : [],
    ),
  };
}
