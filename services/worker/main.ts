import "#lib/config/set-runtime-limits.ts";
import { runCommand } from "#lib/cli/run-command.ts";
import { allowedImageHosts, imageStoreOrigin } from "#lib/config/public-url.ts";
import type { TaskName } from "#lib/contract/task.ts";
import { createHealthApp } from "#lib/http/health.ts";
import { serve } from "#lib/http/serve.ts";
import { serveMetrics } from "#lib/http/serve-metrics.ts";
import type { Logger } from "#lib/log/logger.ts";
import { type ProcessScope, runProcess } from "#lib/process/run-process.ts";
import { createMemoryCheck } from "#lib/redis/check-memory.ts";
import { checkWritable } from "#lib/redis/check-writable.ts";
import { publishFigures } from "#lib/redis/publish-figures.ts";
import { createPhotoHasher, createPhotoLoader } from "./adapters/photo-loader.ts";
import { createUploadHashReader } from "./adapters/postgres.ts";
import { drainMs, stopDeadlineMs, WorkerConfig } from "./config.ts";
import { connect } from "./main-connections.ts";
import { readQueues, startConsumers, stopConsumers, workerCommand } from "./main-consumers.ts";
import { createModels, logModelServers } from "./main-models.ts";
import { startRedrive } from "./main-redrive.ts";
import { watchRetryQueues } from "./main-retry-queues.ts";
import { createScans, createTasks } from "./main-tasks.ts";
import { startWebhooks } from "./main-webhooks.ts";

const limits = { stopDeadlineMs, args: [] };

await runCommand(workerCommand, async ({ values }) => {
  const queues = readQueues(values.queues);
  await runProcess("worker", WorkerConfig, (given) => startWorker(queues, given), limits);
  return 0;
});

async function startWorker(
  queues: readonly TaskName[],
  { config, log, scope }: { config: WorkerConfig; log: Logger; scope: ProcessScope },
): Promise<void> {
  serveMetrics(scope, config);
  const connections = await connect(config, { log, scope });
  const { database, redis, broker } = connections;
  publishFigures(redis, scope, { name: "worker" });

  const models = createModels(config, { redis, log, scope });
  const photoHosts = {
    allowedHosts: allowedImageHosts(config),
    storeOrigin: imageStoreOrigin(config),
  };
  const loadPhoto = createPhotoLoader(photoHosts);
  const scans = createScans(config, connections, log);
  const hashPhoto = createPhotoHasher(photoHosts, createUploadHashReader(database));
  const deps = { connections, scans, models, loadPhoto, hashPhoto, log, scope };
  const tasks = await createTasks(config, deps);
  const consumers = await startConsumers(queues, tasks, deps);
  await startRedrive(config, { broker, redis, ending: scans, log, scope });

  startWebhooks(queues, config, { database, log, scope });

  const checks = {
    postgres: database.checkWritable,
    redis: () => checkWritable(redis),
    redis_memory: createMemoryCheck(redis),
    // Under an alarm a worker finishes no stage: whoever replaces workers is to wait.
    rabbitmq: () => broker.isConnected() && !broker.alarm.isOn,
    retries: await watchRetryQueues(connections, queues, { log, scope }),
    consumers: () => consumers.values().every((consumer) => consumer.isConsuming()),
  };
  const health = createHealthApp(checks, () => scope.stopping);
  serve(scope, health.fetch, {
    port: config.HEALTH_PORT,
    hostname: config.HOST,
    portVariable: "HEALTH_PORT",
  });
  // Registered last, so that it stops first: no new work while the rest is still up.
  scope.onStop("consumers", () => stopConsumers(consumers, broker, drainMs));
  log.info("consuming", { queues });
  void logModelServers(config, log);
}
