import { type CommandLine, type Typed, UsageError } from "#lib/cli/command-line.ts";

const options = {
  since: { type: "string", default: "1970-01-01" },
  json: { type: "boolean", default: false },
} as const;

export const feedbackCommand: CommandLine<typeof options> = {
  name: "feedback",
  usage: `usage: feedback export [--since YYYY-MM-DD] [--json]
  export        what users said of answers, as cases of the evaluation, without what tells who they are
  --since DATE  only what was said from that day on (UTC)
  --json        in the form of infra/eval/questions.json, instead of a table. Before \`bun run eval\` takes a case,
                a person looks at \`say\` and \`accept\` and removes \`"reviewed": false\``,
  options,
  argumentsMax: 1,
};

export interface ExportCommand {
  readonly since: Date;
  readonly json: boolean;
}

/** @throws UsageError */
export function readFeedbackCommand({ values, positionals }: Typed<typeof options>): ExportCommand {
  if (positionals[0] !== "export") throw new UsageError("the command is export; see --help");
  const since = new Date(`${values.since}T00:00:00Z`);
  const isDay = /^\d{4}-\d\d-\d\d$/.test(values.since) && since.toJSON()?.startsWith(values.since);
  if (!isDay) throw new UsageError(`--since: '${values.since}' is no day as 2026-01-31`);
  return { since, json: values.json };
}
