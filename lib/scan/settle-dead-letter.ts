import * as v from "valibot";
import { ChatMessage } from "#lib/chat/chat-message.ts";
import { type EndChatDeps, failChat } from "#lib/chat/end-chat.ts";
import type { DeadLetter } from "#lib/contract/dead-letter.ts";
import { isTaskName } from "#lib/contract/task.ts";
import { Fault } from "#lib/error/fault.ts";
import { type EndScanDeps, failScan } from "./end-scan.ts";
import type { ScanEvents } from "./scan-events.ts";
import { ScanMessage } from "./scan-message.ts";
import { OPEN_STAGES, type OpenStage } from "./stage.ts";
import { jobIdOf, TASK_MESSAGES } from "./task-messages.ts";

/**
 * Settles one dead letter, after the epoch of its scan has ended. Where no worker ended it (the message
 * expired in its queue, or killed every worker that took it), it ends as failed with `EXPIRED`. The message
 * of a scan that is completed or cancelled is removed whatever the action: nothing is left to do, unless its reward is
 * still to be decided.
 *
 * @param to where and as what a `redrive` sends it; by default what it was
 */
export async function settleDeadLetter(
  ending: EndDeadLetterDeps,
  deadLetter: DeadLetter,
  action: "redrive" | "archive" | "purge",
  to: Pick<DeadLetter, "task" | "body"> = deadLetter,
): Promise<Outcome> {
  const isOver = await endEpoch(ending, deadLetter);
  if (isOver || action === "purge") {
    await deadLetter.remove();
    return "removed";
  }
  if (action === "archive") {
    await deadLetter.archive();
    return "archived";
  }
  await deadLetter.redrive(to.task, to.body);
  return "revived";
}

export interface EndDeadLetterDeps extends EndScanDeps {
  readonly events: EndScanDeps["events"] & Pick<ScanEvents, "isRetracted">;
  readonly chats: EndChatDeps;
}

/** What became of a dead letter; `revived` is a redriven one in the records and the output of `dlq`. */
export type Outcome = "revived" | "archived" | "removed";

export interface Settled {
  readonly task: string;
  readonly outcome: Outcome;
  readonly jobId: string | undefined;
}

/**
 * Settles dead letters, all at once, so that their scans end in few commits. Those that a service which is away
 * has kept from it are requeued; one that fails by itself is archived.
 *
 * @throws the first fault of a service that is away, after the others were settled.
 */
export async function settleEach(
  deadLetters: readonly DeadLetter[],
  settle: (deadLetter: DeadLetter) => Promise<Outcome>,
): Promise<Settled[]> {
  const outcomes = await Promise.allSettled(
    deadLetters.map(async (deadLetter): Promise<Settled> => {
      const outcome = await settleOrArchive(deadLetter, settle);
      return { task: deadLetter.task, outcome, jobId: jobIdOf(deadLetter.body) };
    }),
  );
  const failed = outcomes.find((one) => one.status === "rejected");
  if (failed) throw failed.reason;
  return outcomes.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
}

async function settleOrArchive(
  deadLetter: DeadLetter,
  settle: (deadLetter: DeadLetter) => Promise<Outcome>,
): Promise<Outcome> {
  try {
    return await settle(deadLetter).catch(async (error: unknown) => {
      if (Fault.from(error).kind.onMessage === "wait") throw error;
      await deadLetter.archive();
      return "archived" as const;
    });
  } catch (error) {
    await deadLetter.requeue().catch(() => undefined);
    throw error;
  }
}

/** True when the task would take this body. Nobody waits any more for the reply of an RPC. */
export function canRun(task: string, body: unknown): boolean {
  if (!isTaskName(task)) return false;
  const messages = TASK_MESSAGES[task];
  return !("reply" in messages) && v.is(messages.message, body);
}

/** True when the job is over for good. Where a worker ended the epoch before, that end stands. */
async function endEpoch(
  ending: EndDeadLetterDeps,
  { task, body, epoch }: DeadLetter,
): Promise<boolean> {
  if (task === "chat.process" && v.is(ChatMessage, body)) {
    if (await ending.chats.events.isRetracted(body.job_id)) return true;
    return (
      (await failChat(ending.chats, { message: body, epoch }, new Fault("EXPIRED"))) !== "failed"
    );
  }
  const stage = stageOf(task);
  if (!stage || !v.is(ScanMessage, body)) return false;
  // Its owner was told that it does not run: it has no end to show.
  if (await ending.events.isRetracted(body.job_id)) return true;
  const run = { message: body, epoch };
  const { status, error, reward } = await failScan(ending, run, stage, new Fault("EXPIRED"));
  const isUndecided = stage === "reward" && reward === null;
  return (status === "completed" && !isUndecided) || error?.code === "CANCELLED";
}

export function stageOf(task: string): OpenStage | undefined {
  return OPEN_STAGES.find((stage) => task === `scan.${stage}`);
}
