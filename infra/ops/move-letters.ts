import type { DeadLetter } from "#lib/contract/dead-letter.ts";
import { takeDeadLetters } from "#lib/queue/dead-letters.ts";
import { type Settled, settleDeadLetter, settleEach } from "#lib/scan/settle-dead-letter.ts";
import { jobIdOf } from "#lib/scan/task-messages.ts";
import { scanKeys } from "#lib/scan-store/scan-keys.ts";
import { audited, type Counts } from "./audit.ts";
import type { Session } from "./dead-letter-session.ts";
import type { DlqQueue } from "./dlq-queue.ts";
import { type FromStage, type PaidStage, type Plan, planRedrive } from "./plan-redrive.ts";

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
  session: Session,
  { name, task }: DlqQueue,
  { limit, from, confirm }: RedriveOptions,
): Promise<Counts> {
  const deadLetters = await takeDeadLetters(session.confirmed, name, limit);
  const planned = deadLetters.map((deadLetter) => ({
    deadLetter,
    plan: planRedrive(task, deadLetter.body, from),
  }));
  const going = planned.flatMap(({ deadLetter, plan }) =>
    plan.kind === "go" ? [{ deadLetter, plan }] : [],
  );
  const report = await describe(
    session,
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
  return record(session, action, name, moving, () =>
    settleEach(moving, (deadLetter) => {
      const plan = plans.get(deadLetter);
      const to = plan && { task: plan.to, body: plan.body };
      return settleDeadLetter(session.ending, deadLetter, "redrive", to);
    }),
  );
}

/** Moves dead letters to the archive, where the redrive timer leaves them to a person. */
export async function archiveDeadLetters(
  session: Session,
  { name }: DlqQueue,
  limit: number,
): Promise<Counts> {
  const deadLetters = await takeDeadLetters(session.confirmed, name, limit);
  return record(session, "archive", name, deadLetters, () =>
    settleEach(deadLetters, (one) => settleDeadLetter(session.ending, one, "archive")),
  );
}

/** Deletes dead letters for good; their scans have ended by then. */
export async function purgeDeadLetters(
  session: Session,
  { name }: DlqQueue,
  limit: number,
): Promise<Counts> {
  const deadLetters = await takeDeadLetters(session.confirmed, name, limit);
  return record(session, "purge", name, deadLetters, () =>
    settleEach(deadLetters, (one) => settleDeadLetter(session.ending, one, "purge")),
  );
}

async function record(
  session: Session,
  action: string,
  queue: string,
  deadLetters: readonly DeadLetter[],
  move: () => Promise<Settled[]>,
): Promise<Counts> {
  if (deadLetters.length === 0) return {};
  const jobIds = deadLetters.map(({ body }) => jobIdOf(body) ?? "unknown");
  return audited(session, { action, queue, jobIds }, async () => {
    const counts: Record<string, number> = {};
    for (const { outcome } of await move()) counts[outcome] = (counts[outcome] ?? 0) + 1;
    return counts;
  });
}

async function requeue(deadLetters: readonly DeadLetter[]): Promise<void> {
  for (const one of deadLetters) await one.requeue();
}

async function describe(
  { redis }: Pick<Session, "redis">,
  queue: string,
  plans: readonly Plan[],
): Promise<RedriveReport> {
  const calls = { vision: 0, answer: 0 };
  let coveredByCheckpoint = 0;
  for (const plan of plans) {
    if (plan.kind === "refused") continue;
    for (const stage of plan.pays) {
      const held = await redis.exists(scanKeys.checkpoint(plan.jobId ?? "", stage));
      if (held) coveredByCheckpoint++;
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
