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
import { checkWritable } from "#lib/redis/check-writable.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { openKeySet } from "#lib/token/key-set.ts";
import { AuthConfig } from "./config.ts";
import { authRoutes } from "./main-routes.ts";

await runProcess("auth", AuthConfig, async ({ config, log, scope }) => {
  serveMetrics(scope, config);
  const keys = await openKeySet(config.AUTH_KEYS);
  const database = await connectDatabase(config.DATABASE_URL);
  scope.onStop("postgres", database.close);
  const redis = await connectRedis(config.REDIS_URL, log, config.REDIS_PREFIX);
  scope.onStop("redis", () => redis.quit());
  const broker = await connectBroker(config.AMQP_URL, log, {
    topology: config.AMQP_TOPOLOGY,
  });
  scope.onStop("rabbitmq", broker.close);
  const publisher = await createPublisher(broker);

  // The gatekeeper in front authenticates and has a list; one in this process would only grow.
  const revocations = { add: () => undefined };
  const given = { database, redis, publisher, log, scope, keys, revocations };
  const { CORS_ORIGINS: corsOrigins } = config;
  const app = createApp(log, [authRoutes(config, given)], { corsOrigins });
  serveOpenApi(app);
  const checks = {
    postgres: database.checkWritable,
    redis: () => checkWritable(redis),
    rabbitmq: publisher.checkWritable,
  };
  app.route(
    "/",
    createHealthApp(checks, () => scope.stopping),
  );
  serve(scope, app.fetch, { port: config.PORT, hostname: config.HOST });
});
