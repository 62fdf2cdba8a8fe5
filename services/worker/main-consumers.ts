import { type CommandLine, UsageError } from "#lib/cli/command-line.ts";
import { isTaskName, TASK_NAMES, type Task, type TaskName } from "#lib/contract/task.ts";
import type { Logger } from "#lib/log/logger.ts";
import { processUsage } from "#lib/process/run-process.ts";
import type { Broker } from "#lib/queue/broker.ts";
import { type Consumer, consume } from "#lib/queue/consumer.ts";
import type { Connections } from "./main-connections.ts";
import { isModelStage, type Models } from "./main-models.ts";
import type { FairTurns } from "./models/fair-turns.ts";

export type Consumers = ReadonlyMap<TaskName, Consumer>;

interface StartConsumersDeps {
  readonly connections: Connections;
  readonly models: Pick<Models, "followCapacity" | "limitsOf" | "createTurns">;
  readonly log: Logger;
}

/**
 * Consumes the queues. The stages that call models work on what these take at once, for as long as these may take,
 * and hold all they may, so that nobody's flood hides what comes behind it; while no model is up, no more than is
 * worked on.
 */
export async function startConsumers(
  queues: readonly TaskName[],
  tasks: Readonly<Record<TaskName, Task>>,
  { connections: { broker, publisher }, models, log }: StartConsumersDeps,
): Promise<Consumers> {
  const consumers = new Map<TaskName, Consumer>();
  const callers: { readonly turns: FairTurns; readonly consumer: Consumer }[] = [];
  for (const queue of queues) {
    const deps = { broker, publisher, log };
    if (!isModelStage(queue)) {
      consumers.set(queue, await consume(queue, tasks[queue], deps));
      continue;
    }
    const turns = models.createTurns(queue);
    const options = { limits: models.limitsOf(queue), turns };
    const consumer = await consume(queue, tasks[queue], deps, options);
    consumers.set(queue, consumer);
    callers.push({ turns, consumer });
  }
  models.followCapacity(({ calls, isUp }) => {
    for (const { turns, consumer } of callers) {
      turns.setMax(calls);
      void consumer.setPrefetch(isUp ? Number.POSITIVE_INFINITY : calls);
    }
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
