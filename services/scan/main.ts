import "#lib/config/set-runtime-limits.ts";
import { connectDatabase } from "#lib/db/client.ts";
import { createApp } from "#lib/http/create-app.ts";
import { createHealthApp } from "#lib/http/health.ts";
import { serve } from "#lib/http/serve.ts";
import { serveMetrics } from "#lib/http/serve-metrics.ts";
import { serveOpenApi } from "#lib/http/serve-openapi.ts";
import { runProcess } from "#lib/process/run-process.ts";
import { connectBroker } from "#lib/queue/broker.ts";
import { createPublisher } from "#lib/queue/publisher.ts";
import { createMemoryCheck } from "#lib/redis/check-memory.ts";
import { checkWritable } from "#lib/redis/check-writable.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { publishFigures } from "#lib/redis/publish-figures.ts";
import { createProofAuthenticator } from "#lib/token/internal-proof.ts";
import { ScanProcessConfig } from "./config.ts";
import { scanRoutes } from "./main-routes.ts";

await runProcess("scan", ScanProcessConfig, async ({ config, log, scope }) => {
  serveMetrics(scope, config);
  const database = await connectDatabase(config.DATABASE_URL);
  scope.onStop("postgres", database.close);
  const redis = await connectRedis(config.REDIS_URL, log, config.REDIS_PREFIX);
  scope.onStop("redis", () => redis.quit());
  publishFigures(redis, scope, { name: "scan" });
  const broker = await connectBroker(config.AMQP_URL, log, {
    topology: config.AMQP_TOPOLOGY,
  });
  scope.onStop("rabbitmq", broker.close);
  const publisher = await createPublisher(broker);

  const app = createApp(log, [scanRoutes(config, { database, redis, publisher, log })], {
    corsOrigins: config.CORS_ORIGINS,
    authenticate: createProofAuthenticator(config.INTERNAL_SECRET),
  });
  serveOpenApi(app);
  const checks = {
    postgres: database.checkWritable,
    redis: () => checkWritable(redis),
    redis_memory: createMemoryCheck(redis),
    rabbitmq: publisher.checkWritable,
  };
  app.route(
    "/",
    createHealthApp(checks, () => scope.stopping),
  );
  serve(scope, app.fetch, { port: config.PORT, hostname: config.HOST });
});
