import type { Figures } from "#lib/contract/figures.ts";
import { TASK_NAMES } from "#lib/contract/task.ts";
import type { Queues } from "./queues.ts";
import { summariseFigures, unackedOf } from "./summarise-figures.ts";
import type { QueueStatus, RetryStatus, SystemStatus } from "./system-status.ts";

export interface ReadSystemDeps extends Pick<Queues, "count"> {
  readonly retryQueues: readonly string[];
  figures(): Promise<readonly Figures[]>;
  now(): number;
}

/** The running system at this moment; what cannot be read is null, and the rest is shown. */
export async function readSystem(deps: ReadSystemDeps): Promise<SystemStatus> {
  const figures = await deps.figures().catch(() => null);
  const [queues, retries] = await Promise.all([
    readQueues(deps, figures ?? []).catch(() => null),
    readRetries(deps).catch(() => null),
  ]);
  return {
    at: new Date(deps.now()).toISOString(),
    queues,
    retries,
    figures: figures && summariseFigures(figures),
  };
}

function readQueues(
  { count }: Pick<Queues, "count">,
  figures: readonly Figures[],
): Promise<QueueStatus[]> {
  return Promise.all(
    TASK_NAMES.map(async (task) => {
      const [own, dead, archived] = await Promise.all([
        count(task),
        count(`dlq.${task}`),
        count(`archive.${task}`),
      ]);
      return {
        task,
        ready: own.messages,
        unacked: unackedOf(figures, task),
        consumers: own.consumers,
        dead: dead.messages,
        archived: archived.messages,
      };
    }),
  );
}

function readRetries({ count, retryQueues }: ReadSystemDeps): Promise<RetryStatus[]> {
  return Promise.all(
    retryQueues.map(async (queue) => ({ queue, messages: (await count(queue)).messages })),
  );
}
