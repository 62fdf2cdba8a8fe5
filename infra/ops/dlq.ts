import { alignColumns } from "#lib/cli/align-columns.ts";
import { runCommand } from "#lib/cli/run-command.ts";
import { Fault } from "#lib/error/fault.ts";
import { ageText } from "./age-text.ts";
import { reason } from "./check.ts";
import { type Session, withSession } from "./dead-letter-session.ts";
import { type Command, dlqCommand, readDlqCommand } from "./dlq-arguments.ts";
import { countDeadLetters, describeDeadLetter, peek, type QueueCount } from "./look-at-letters.ts";
import {
  archiveDeadLetters,
  purgeDeadLetters,
  type RedriveReport,
  redriveDeadLetters,
} from "./move-letters.ts";
import { findServiceUrls } from "./service-urls.ts";

/** `bun run dlq`: what an operator does with dead letters. */
await runCommand(dlqCommand, (typed) => run(readDlqCommand(typed)));

async function run(command: Command): Promise<undefined> {
  try {
    await withSession(await findServiceUrls(), (session) => obey(session, command));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Error(`${error.message} (${reason(error)})`, { cause: error });
  }
}

async function obey(session: Session, command: Command): Promise<void> {
  const { json } = command;
  switch (command.command) {
    case "list":
      return print(json, await countDeadLetters(session), tableOf);
    case "show":
      return print(
        json,
        (await peek(session, command.queue.name, command.limit)).map(describeDeadLetter),
        linesOf,
      );
    case "redrive":
      return redrive(session, command);
    case "archive":
      return print(
        json,
        await archiveDeadLetters(session, command.queue, command.limit),
        countsText,
      );
    case "purge":
      return print(json, await purgeDeadLetters(session, command.queue, command.limit), countsText);
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
