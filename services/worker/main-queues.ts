import { type CommandLine, UsageError } from "#lib/cli/command-line.ts";
import { isTaskName, TASK_NAMES, type TaskName } from "#lib/contract/task.ts";
import { processUsage } from "#lib/process/run-process.ts";
import type { Consumer } from "#lib/queue/consumer.ts";

const options = { queues: { type: "string" } } as const;

export const workerCommand: CommandLine<typeof options> = {
  name: "worker",
  usage: `usage: eco2-worker [--queues NAME,…] ${processUsage}
  --queues NAME,…   consumes these queues alone; default all: ${TASK_NAMES.join(", ")}`,
  options,
};

/**
 * The queues `--queues a,b` narrows the binary to, as each deployment of it does.
 *
 * @throws UsageError for a queue that does not exist.
 */
export function readQueues(text: string | undefined): readonly TaskName[] {
  if (text === undefined) return TASK_NAMES;
  const names = text.split(",").map((name) => name.trim());
  const known = names.filter(isTaskName);
  if (known.length === names.length) return known;
  const unknown = names.filter((name) => !isTaskName(name)).map((name) => `'${name}'`);
  throw new UsageError(
    `--queues: no queue ${unknown.join(", ")}; there are ${TASK_NAMES.join(", ")}`,
  );
}

/** A reward in flight still asks for its match, so the stages stop first and what serves them later. */
export async function stopInOrder(
  consumers: ReadonlyMap<TaskName, Consumer>,
  deadlineMs: number,
): Promise<void> {
  const isStage = (queue: TaskName) => queue.startsWith("scan.");
  const stop = (wanted: (queue: TaskName) => boolean) =>
    Promise.all([...consumers].map(([queue, one]) => wanted(queue) && one.stop(deadlineMs)));
  await stop(isStage);
  await stop((queue) => !isStage(queue));
}
