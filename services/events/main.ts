import "#lib/config/set-runtime-limits.ts";
import { connectDatabase } from "#lib/db/client.ts";
import { createApp } from "#lib/http/create-app.ts";
import { createHealthApp } from "#lib/http/health.ts";
import { serve } from "#lib/http/serve.ts";
import { serveMetrics } from "#lib/http/serve-metrics.ts";
import { serveOpenApi } from "#lib/http/serve-openapi.ts";
import { runProcess } from "#lib/process/run-process.ts";
import { connectBroker } from "#lib/queue/broker.ts";
import { checkWritable } from "#lib/redis/check-writable.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { publishFigures } from "#lib/redis/publish-figures.ts";
import { followRevocations } from "#lib/token/follow-revocations.ts";
import { createProofAuthenticator } from "#lib/token/internal-proof.ts";
import { RevocationList } from "#lib/token/revocation-list.ts";
import { EventsProcessConfig } from "./config.ts";
import { eventsRoutes } from "./main-routes.ts";

await runProcess("events", EventsProcessConfig, async ({ config, log, scope }) => {
  serveMetrics(scope, config);
  const database = await connectDatabase(config.DATABASE_URL);
  scope.onStop("postgres", database.close);
  const redis = await connectRedis(config.REDIS_URL, log, config.REDIS_PREFIX);
  scope.onStop("redis", () => redis.quit());
  publishFigures(redis, scope, { name: "events" });
  const broker = await connectBroker(config.AMQP_URL, log, {
    topology: config.AMQP_TOPOLOGY,
  });
  scope.onStop("rabbitmq", broker.close);
  const revocations = new RevocationList();
  const given = { database, redis, revocations, log, scope };
  const followed = await followRevocations({ database, broker, list: revocations, log });
  scope.onStop("revocations", followed);
  const events = await eventsRoutes(config, given);

  const app = createApp(log, [events.routes], {
    corsOrigins: config.CORS_ORIGINS,
    authenticate: createProofAuthenticator(config.INTERNAL_SECRET),
  });
  serveOpenApi(app);
  const checks = {
    redis: () => checkWritable(redis),
    live_events: events.isLive,
    revocations: () => revocations.isCurrent(Date.now()),
  };
  app.route(
    "/",
    createHealthApp(checks, () => scope.stopping),
  );
  serve(scope, app.fetch, { port: config.PORT, hostname: config.HOST });
  // Before the server stops, which would wait for them; clients reconnect with their last id.
  scope.onStop("event streams", events.closeStreams);
});
