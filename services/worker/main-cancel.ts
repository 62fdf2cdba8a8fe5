import type { Redis } from "ioredis";
import type { Task } from "#lib/contract/task.ts";
import type { Logger } from "#lib/log/logger.ts";
import type { ProcessScope } from "#lib/process/run-process.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { createSeal, followCancels } from "./adapters/cancel.ts";
import { cancellable, RunningScans, sealing } from "./cancellable.ts";

/** The two ways a stage can be cancelled, over real connections. */
export async function createCancelling(
  { REDIS_URL }: { REDIS_URL: string },
  { redis, log, scope }: { redis: Redis; log: Logger; scope: ProcessScope },
): Promise<Record<"cancellable" | "sealing", (task: Task) => Task>> {
  const running = new RunningScans();
  const subscriber = await connectRedis(REDIS_URL, log);
  scope.onStop("cancel notices", () => subscriber.disconnect());
  await followCancels(subscriber, { redis, running, log });
  const seal = createSeal(redis);
  return {
    cancellable: (task) => cancellable(task, running),
    sealing: (task) => sealing(task, seal),
  };
}
