import {
  type CommandLine,
  readWholeNumber,
  type Typed,
  UsageError,
} from "#lib/cli/command-line.ts";
import { type DlqQueue, readQueueName } from "./dlq-queue.ts";
import { FROM_STAGES, type FromStage } from "./plan-redrive.ts";

const options = {
  queue: { type: "string" },
  "from-stage": { type: "string" },
  limit: { type: "string" },
  "dry-run": { type: "boolean", default: false },
  yes: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
} as const;

export const dlqCommand: CommandLine<typeof options> = {
  name: "dlq",
  usage: `usage: dlq [command] [--queue <task>] [--json]
  list        dead letters and archived messages, and how old the oldest is (default)
  show        the oldest messages of a queue, without consuming them
  redrive     sends them back to their task; says first how many model calls that costs
              --from-stage vision|rule|answer|reward   drops the outputs from there on
              --dry-run                                only says it
  archive     puts them where the redrive leaves them alone
  purge       deletes them for good; asks for --yes
  --queue     scan.answer or dlq.scan.answer: its dead letters; archive.scan.answer: its archive
  --limit N   messages at most; default 100, show 10`,
  options,
  argumentsMax: 1,
};

export type Command =
  | { readonly command: "list"; readonly json: boolean }
  | (OnQueue & { readonly command: "show" | "archive" | "purge" })
  | (OnQueue & {
      readonly command: "redrive";
      readonly from: FromStage | undefined;
      readonly dryRun: boolean;
    });

interface OnQueue {
  readonly queue: DlqQueue;
  readonly limit: number;
  readonly json: boolean;
}

const QUEUE_COMMANDS = ["show", "redrive", "archive", "purge"] as const;
/** A command holds its messages in memory, unsettled. */
const limitMax = 10_000;

/** @throws UsageError */
export function readDlqCommand({ values, positionals }: Typed<typeof options>): Command {
  const { json } = values;
  const [name = "list"] = positionals;
  if (name === "list") return { command: "list", json };
  const command = QUEUE_COMMANDS.find((one) => one === name);
  if (!command) throw new UsageError(`unknown command '${name}'; see --help`);
  const queue = readQueueName(values.queue ?? "");
  if (!queue) throw new UsageError("--queue: not a task's queue; `dlq list` names them");
  const limitText = values.limit ?? (command === "show" ? "10" : "100");
  const limit = readWholeNumber("--limit", limitText, { min: 1, max: limitMax });
  const common = { queue, limit, json };
  if (command === "redrive") {
    const from = readStage(values["from-stage"]);
    return { ...common, command, from, dryRun: values["dry-run"] };
  }
  if (values["from-stage"] !== undefined || values["dry-run"]) {
    throw new UsageError(`--from-stage and --dry-run belong to redrive, not to ${command}`);
  }
  if (command === "archive" && queue.isArchive) throw new UsageError("--queue: archived already");
  if (command === "purge" && !values.yes) {
    throw new UsageError(`purge deletes messages of ${queue.name} for good: add --yes`);
  }
  return { ...common, command };
}

function readStage(text: string | undefined): FromStage | undefined {
  if (text === undefined) return undefined;
  const stage = FROM_STAGES.find((one) => one === text);
  if (stage) return stage;
  throw new UsageError(`--from-stage: one of ${FROM_STAGES.join(", ")}`);
}
