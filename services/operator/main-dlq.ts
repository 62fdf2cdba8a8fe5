import { alignColumns } from "#lib/cli/align-columns.ts";
import { runCommand } from "#lib/cli/run-command.ts";
import { systemClock } from "#lib/clock/clock.ts";
import { explainError } from "#lib/error/explain-error.ts";
import { Fault } from "#lib/error/fault.ts";
import { ageText } from "./age-text.ts";
import { DlqConfig } from "./config.ts";
import { countDeadLetters, type QueueCount, showDeadLetters } from "./inspect-dead-letters.ts";
import { type Command, dlqCommand, readDlqCommand } from "./main-dlq-command.ts";
import { type Environment, readConfig } from "./main-environment.ts";
import { type Session, withSession } from "./main-session.ts";
import {
  archiveDeadLetters,
  purgeDeadLetters,
  type RedriveReport,
  redriveDeadLetters,
} from "./settle-dead-letters.ts";

/** What an operator does with dead letters. */
export function dlq(args: readonly string[], environment: Environment): Promise<void> {
  return runCommand(dlqCommand, (typed) => run(readDlqCommand(typed), environment), args);
}

async function run(command: Command, environment: Environment): Promise<undefined> {
  try {
    const config = await readConfig(DlqConfig, environment);
    await withSession(config, (session) => perform(session, command));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Error(`${error.message} (${explainError(error)})`, { cause: error });
  }
}

async function perform(session: Session, command: Command): Promise<void> {
  const { json } = command;
  switch (command.command) {
    case "list":
      return print(json, await countDeadLetters(session, systemClock.now()), tableOf);
    case "show": {
      const { queue, limit } = command;
      return print(
        json,
        await showDeadLetters(session, queue.name, limit, { isWhole: json }),
        linesOf,
      );
    }
    case "redrive":
      return redrive(session, command);
    case "archive": {
      const { queue, limit } = command;
      return print(json, await archiveDeadLetters(session, queue, limit), countsText);
    }
    case "purge": {
      const { queue, limit } = command;
      return print(json, await purgeDeadLetters(session, queue, limit), countsText);
    }
  }
}

async function redrive(
  session: Session,
  { queue, limit, from, dryRun, json }: Extract<Command, { command: "redrive" }>,
): Promise<void> {
  const counts = await redriveDeadLetters(session, queue, {
    limit,
    from,
    confirm: (report) => {
      if (dryRun) print(json, report, reportText);
      else say(reportText(report));
      return !dryRun;
    },
  });
  if (!dryRun) print(json, counts, countsText);
}

function tableOf(counts: readonly QueueCount[]): string {
  const age = (ms: number | null): string => (ms === null ? "-" : ageText(ms));
  return alignColumns([
    ["task", "dead", "oldest", "archived", "oldest"],
    ...counts.map(({ task, dead, deadForMs, archived, archivedForMs }) => [
      task,
      String(dead),
      age(deadForMs),
      String(archived),
      age(archivedForMs),
    ]),
  ]);
}

function reportText({ queue, messages, calls, coveredByCheckpoint, refused }: RedriveReport) {
  const to = [...new Set(messages.map((one) => one.to))].join(", ") || "nowhere";
  const cost =
    `${calls.vision + calls.answer} model calls at most (vision ${calls.vision}, ` +
    `answer ${calls.answer}; ${coveredByCheckpoint} spared by checkpoints)`;
  return [
    `${messages.length} of ${queue} to ${to}: ${cost}`,
    ...refused.map(({ job_id, reason }) => `left alone: ${job_id ?? "?"}: ${reason}`),
  ].join("\n");
}

function linesOf(deadLetters: readonly unknown[]): string {
  return deadLetters.map((one) => JSON.stringify(one)).join("\n") || "empty";
}

function countsText(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([outcome, count]) => `${count} ${outcome}`);
  return parts.join(", ") || "nothing moved";
}

/** Standard output is what was asked for; everything else goes to standard error. */
function print<T>(json: boolean, value: T, text: (value: T) => string): void {
  process.stdout.write(`${json ? JSON.stringify(value, null, 2) : text(value)}\n`);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
