import { type CommandLine, UsageError } from "#lib/cli/command-line.ts";
import { isTaskName, TASK_NAMES, type Task, type TaskName } from "#lib/contract/task.ts";
import type { Logger } from "#lib/log/logger.ts";
import { processUsage } from "#lib/process/run-process.ts";
import type { Broker } from "#lib/queue/broker.ts";
import { type Consumer, consume } from "#lib/queue/consumer.ts";
import type { Connections } from "./main-connections.ts";
import { isModelStage, type Models, modelStages } from "./main-models.ts";

export type Consumers = ReadonlyMap<TaskName, Consumer>;

interface StartConsumersDeps {
  readonly connections: Connections;
  readonly models: Pick<Models, "followCapacity" | "limitsOf">;
  readonly log: Logger;
}

/** Consumes the queues; the stages that call models hold what these take at once, for as long as these may take. */
export async function startConsumers(
  queues: readonly TaskName[],
  tasks: Readonly<Record<TaskName, Task>>,
  { connections: { broker, publisher }, models, log }: StartConsumersDeps,
): Promise<Consumers> {
  const consumers = new Map<TaskName, Consumer>();
  for (const queue of queues) {
    const limits = isModelStage(queue) ? models.limitsOf(queue) : undefined;
    const deps = { broker, publisher, log };
    consumers.set(queue, await consume(queue, tasks[queue], deps, limits));
  }
  models.followCapacity((calls) => {
    for (const stage of modelStages) void consumers.get(stage)?.setPrefetch(calls);
  });
  return consumers;
}

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

/**
 * The stages stop first: a reward in flight still calls the match, which stops after them, in the time that is left.
 * Under an alarm of the broker nothing can be settled: what is in hand is delivered again, to another worker.
 */
export async function stopConsumers(
  consumers: Consumers,
  { alarm }: Pick<Broker, "alarm">,
  deadlineMs: number,
): Promise<void> {
  alarm.stopWaiting();
  const endsAt = performance.now() + deadlineMs;
  const isStage = (queue: TaskName) => queue.startsWith("scan.");
  const stop = (wanted: (queue: TaskName) => boolean) => {
    const leftMs = Math.max(0, endsAt - performance.now());
    return Promise.all([...consumers].map(([queue, one]) => wanted(queue) && one.stop(leftMs)));
  };
  await stop(isStage);
  await stop((queue) => !isStage(queue));
}
