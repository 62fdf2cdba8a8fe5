import { alignColumns } from "#lib/cli/align-columns.ts";
import { runCommand } from "#lib/cli/run-command.ts";
import { connectDatabase } from "#lib/db/client.ts";
import { readFeedback } from "./adapters/postgres.ts";
import { MigrateConfig } from "./config.ts";
import { exportFeedback, type FeedbackCase } from "./export-feedback.ts";
import { type Environment, readConfig } from "./main-environment.ts";
import {
  type ExportCommand,
  feedbackCommand,
  readFeedbackCommand,
} from "./main-feedback-command.ts";

/** What users say of answers, on its way into the evaluation. */
export function feedback(args: readonly string[], environment: Environment): Promise<void> {
  return runCommand(
    feedbackCommand,
    (typed) => exportCases(readFeedbackCommand(typed), environment),
    args,
  );
}

/** A command holds them in memory. */
const exportedMax = 10_000;

async function exportCases(
  { since, json }: ExportCommand,
  environment: Environment,
): Promise<undefined> {
  const { DATABASE_URL } = await readConfig(MigrateConfig, environment);
  const database = await connectDatabase(DATABASE_URL);
  try {
    const given = await readFeedback(database, since, exportedMax);
    const { cases, wordless } = exportFeedback(given);
    process.stdout.write(`${json ? JSON.stringify(cases, null, 2) : tableOf(cases)}\n`);
    const last = given.length < exportedMax ? undefined : given.at(-1)?.updatedAt;
    const rest = last ? `; more with --since ${last.toISOString().slice(0, 10)}` : "";
    process.stderr.write(`${cases.length} cases, ${wordless} without words left out${rest}\n`);
  } finally {
    await database.close();
  }
}

function tableOf(cases: readonly FeedbackCase[]): string {
  const rows = cases.map(({ say, answered, accept, note = "" }) => [
    ...[answered, accept.join(", ") || "?", say, note].map((text) => text.replaceAll(/\s+/g, " ")),
  ]);
  return alignColumns([["answered", "right", "say", "note"], ...rows]);
}
