import { Catalog } from "#lib/catalog/catalog.ts";
import { followCatalog } from "#lib/catalog/follow-catalog.ts";
import { createCatalogLoader } from "#lib/catalog/load-catalog.ts";
import { runCommand } from "#lib/cli/run-command.ts";
import { systemClock } from "#lib/clock/clock.ts";
import { TASK_NAMES, type Task, type TaskName } from "#lib/contract/task.ts";
import { connectDatabase } from "#lib/db/client.ts";
import { createHealthApp } from "#lib/http/health.ts";
import { serve } from "#lib/http/serve.ts";
import type { Logger } from "#lib/log/logger.ts";
import { type ProcessScope, runProcess } from "#lib/process/run-process.ts";
import { connectBroker } from "#lib/queue/broker.ts";
import { type Consumer, consume } from "#lib/queue/consumer.ts";
import { createPublisher } from "#lib/queue/publisher.ts";
import { createRpcClient } from "#lib/queue/rpc-client.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { createResultStore } from "#lib/scan-store/result-store.ts";
import {
  createOwnershipReader,
  createOwnershipWriter,
  createUserCharacterWriter,
} from "./adapters/postgres.ts";
import { createStagePublishers } from "./adapters/rabbit.ts";
import { createReservations, createScanLog } from "./adapters/redis.ts";
import { WorkerConfig } from "./config.ts";
import { createCancelling } from "./main-cancel.ts";
import { createOutside } from "./main-outside.ts";
import { readQueues, stopInOrder, workerCommand } from "./main-queues.ts";
import { startRedrive } from "./main-redrive.ts";
import { matchTask } from "./tasks/character.match.ts";
import { saveOwnershipTask } from "./tasks/character.save_ownership.ts";
import { answerTask } from "./tasks/scan.answer.ts";
import { rewardTask } from "./tasks/scan.reward.ts";
import { ruleTask } from "./tasks/scan.rule.ts";
import { visionTask } from "./tasks/scan.vision.ts";
import { saveCharacterTask } from "./tasks/users.save_character.ts";

/** Work in flight at stop may take as long as a model; what outlives it is given back. */
const drainMs = 90_000;

const limits = { stopDeadlineMs: drainMs + 15_000 };
if (import.meta.main) {
  await runCommand(workerCommand, async ({ values }) => {
    const queues = readQueues(values.queues);
    const start = (given: Given) => startWorker({ ...given, queues });
    await runProcess("worker", WorkerConfig, start, { ...limits, args: [] });
    return 0;
  });
}

/** A benchmark gives an outside of its own, to measure what is left when models cost nothing. */
export async function startWorker(
  { config, log, scope, queues = TASK_NAMES }: Given,
  openOutside = createOutside,
): Promise<void> {
  const database = await connectDatabase(config.DATABASE_URL);
  scope.onStop("postgres", database.close);
  const redis = await connectRedis(config.REDIS_URL, log);
  scope.onStop("redis", () => redis.quit());
  const broker = await connectBroker(config.AMQP_URL, log);
  scope.onStop("rabbitmq", broker.close);
  const publisher = await createPublisher(broker);
  const rpc = await createRpcClient(broker);

  const catalog = new Catalog(createCatalogLoader(database));
  scope.onStop("catalogue", await followCatalog(broker, catalog, log));
  const outside = openOutside(config, { redis, log, scope });
  const stage = {
    clock: systemClock,
    log: createScanLog(redis, { clock: systemClock, checkpointTtlS: config.CHECKPOINT_TTL }),
    results: createResultStore(database),
    loadPhoto: outside.loadPhoto,
    ask: outside.ask,
    ...createStagePublishers(publisher, rpc),
  };
  const cancel = await createCancelling(config, { redis, log, scope });
  const ownerships = { ...createOwnershipReader(database), ...createReservations(redis) };
  const tasks: Record<TaskName, Task> = {
    "scan.vision": cancel.cancellable(visionTask(stage)),
    "scan.rule": cancel.cancellable(ruleTask(stage)),
    "scan.answer": cancel.cancellable(answerTask(stage)),
    "scan.reward": cancel.sealing(rewardTask(stage)),
    "character.match": matchTask({ catalog, ownerships }),
    "character.save_ownership": saveOwnershipTask(createOwnershipWriter(database)),
    "users.save_character": saveCharacterTask(createUserCharacterWriter(database)),
  };
  const consumers = new Map<TaskName, Consumer>();
  for (const queue of queues) {
    consumers.set(queue, await consume(queue, tasks[queue], { broker, publisher, log }));
  }
  outside.pace(consumers);

  await startRedrive(config, { broker, ends: stage, log, scope });

  const health = createHealthApp(
    {
      postgres: database.ping,
      redis: () => redis.ping(),
      rabbitmq: () => broker.isConnected(),
      consumers: () => consumers.values().every((consumer) => consumer.isConsuming()),
    },
    () => scope.stopping,
  );
  serve(scope, health.fetch, { port: config.HEALTH_PORT, hostname: config.HOST });
  // Registered last, so that it stops first: no new work while the rest is still up.
  scope.onStop("consumers", () => stopInOrder(consumers, drainMs));
  log.info("consuming", { queues });
}

interface Given {
  readonly config: WorkerConfig;
  readonly log: Logger;
  readonly scope: ProcessScope;
  /** Default all. */
  readonly queues?: readonly TaskName[];
}
