import { jobIdOf } from "#lib/scan/task-messages.ts";
import { scanKeys } from "#lib/scan-store/scan-keys.ts";
import { type RawLetter, takeLetters } from "../../services/worker/adapters/dead-letters.ts";
import {
  archiveLetter,
  type Moved,
  purgeLetter,
  reviveLetter,
  settleEach,
} from "../../services/worker/dead-letters/redrive.ts";
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

/** As the timer does, but however often a letter was redriven before, and from any stage it allows. */
export async function redriveLetters(
  session: Session,
  { name, task }: DlqQueue,
  { limit, from, confirm }: RedriveOptions,
): Promise<Counts> {
  const letters = await takeLetters(session.channel, name, limit);
  const planned = letters.map((letter) => ({
    letter,
    plan: planRedrive(task, letter.body, from),
  }));
  const going = planned.flatMap(({ letter, plan }) =>
    plan.kind === "go" ? [{ letter, plan }] : [],
  );
  const report = await describe(
    session,
    name,
    planned.map(({ plan }) => plan),
  );
  if (!confirm(report) || going.length === 0) {
    await giveBack(letters);
    return {};
  }
  await giveBack(planned.filter(({ plan }) => plan.kind === "refused").map((one) => one.letter));
  const plans = new Map(going.map(({ letter, plan }) => [letter, plan]));
  const moving = [...plans.keys()];
  const action = from === undefined ? "redrive" : `redrive from ${from}`;
  return record(session, action, name, moving, () =>
    settleEach(task, moving, (letter) => {
      const plan = plans.get(letter);
      const as = plan && { task: plan.to, body: plan.body };
      return reviveLetter(session.ends, task, letter, as);
    }),
  );
}

/** Takes letters out of the redrive's hands; a person will look at them. */
export async function archiveLetters(
  session: Session,
  { name, task }: DlqQueue,
  limit: number,
): Promise<Counts> {
  const letters = await takeLetters(session.channel, name, limit);
  return record(session, "archive", name, letters, () =>
    settleEach(task, letters, (letter) => archiveLetter(session.ends, task, letter)),
  );
}

/** Deletes letters for good; their scans have ended by then. */
export async function purgeLetters(
  session: Session,
  { name, task }: DlqQueue,
  limit: number,
): Promise<Counts> {
  const letters = await takeLetters(session.channel, name, limit);
  return record(session, "purge", name, letters, () =>
    settleEach(task, letters, (letter) => purgeLetter(session.ends, task, letter)),
  );
}

async function record(
  session: Session,
  action: string,
  queue: string,
  letters: readonly RawLetter[],
  move: () => Promise<Moved[]>,
): Promise<Counts> {
  if (letters.length === 0) return {};
  const jobIds = letters.map(({ body }) => jobIdOf(body) ?? "unknown");
  return audited(session, { action, queue, jobIds }, async () => {
    const counts: Record<string, number> = {};
    for (const { outcome } of await move()) counts[outcome] = (counts[outcome] ?? 0) + 1;
    return counts;
  });
}

async function giveBack(letters: readonly RawLetter[]): Promise<void> {
  for (const letter of letters) await letter.giveBack();
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
