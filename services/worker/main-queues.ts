import { parseArgs } from "node:util";
import { isTaskName, TASK_NAMES, type TaskName } from "#lib/contract/task.ts";
import { BootError } from "#lib/process/run-process.ts";
import type { Consumer } from "#lib/queue/consumer.ts";

/** `--queues a,b` narrows the binary to some queues, as each deployment of it does. */
export function readQueues(): readonly TaskName[] {
  const { values } = parseArgs({ options: { queues: { type: "string" } } });
  if (values.queues === undefined) return TASK_NAMES;
  const names = values.queues.split(",").map((name) => name.trim());
  const known = names.filter(isTaskName);
  if (known.length === names.length) return known;
  const unknown = names.filter((name) => !isTaskName(name)).join(", ");
  throw new BootError(`--queues: unknown queue ${unknown}; there are ${TASK_NAMES.join(", ")}`);
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
