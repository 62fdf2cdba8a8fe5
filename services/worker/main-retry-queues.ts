import type { TaskName } from "#lib/contract/task.ts";
import type { Logger } from "#lib/log/logger.ts";
import { repeat } from "#lib/process/repeat.ts";
import type { ProcessScope } from "#lib/process/run-process.ts";
import { probeRetryQueues } from "#lib/queue/probe-retry-queues.ts";
import type { Connections } from "./main-connections.ts";

const probeEveryMs = 60_000;

/** @returns false while a retry queue keeps what should have returned to a queue of this process; for readiness. */
export async function watchRetryQueues(
  { broker, rpc }: Connections,
  queues: readonly TaskName[],
  { log, scope }: { log: Logger; scope: ProcessScope },
): Promise<() => boolean> {
  let stuck: readonly string[] = [];
  const { current } = await broker.openChannel(async (channel) => channel);
  const count = async (queue: string) => {
    const seen = await current()?.checkQueue(queue);
    return { messages: seen?.messageCount ?? 0, consumers: seen?.consumerCount ?? 0 };
  };
  const timer = repeat(async () => {
    try {
      stuck = await probeRetryQueues({ rpc, count }, queues);
      if (stuck.length > 0) log.error("messages outlive the TTL of their retry queue", { stuck });
    } catch (error) {
      log.debug("retry queues not probed", { error });
    }
  }, probeEveryMs);
  scope.onStop("retry queues", () => void timer.stop());
  return () => stuck.length === 0;
}
