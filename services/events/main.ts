import "#lib/config/set-runtime-limits.ts";
import { connectDatabase } from "#lib/db/client.ts";
import { createApp } from "#lib/http/create-app.ts";
import { createHealthApp } from "#lib/http/health.ts";
import { serveOpenApi } from "#lib/http/openapi.ts";
import { serve } from "#lib/http/serve.ts";
import { runProcess } from "#lib/process/run-process.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { EventsConfig } from "./config.ts";
import { eventsRoutes } from "./main-routes.ts";

await runProcess("events", EventsConfig, async ({ config, log, scope }) => {
  const database = await connectDatabase(config.DATABASE_URL);
  scope.onStop("postgres", database.close);
  const redis = await connectRedis(config.REDIS_URL, log);
  scope.onStop("redis", () => redis.quit());
  const events = await eventsRoutes(config, { database, redis, log, scope });

  const app = createApp(log, [events.routes], { corsOrigins: config.CORS_ORIGINS });
  serveOpenApi(app, { title: "Eco² events" });
  const checks = { redis: () => redis.ping(), tailer: events.isTailing };
  app.route(
    "/",
    createHealthApp(checks, () => scope.stopping),
  );
  serve(scope, app.fetch, { port: config.PORT, hostname: config.HOST });
  // Before the server stops, which would wait for them; clients reconnect with their last id.
  scope.onStop("event streams", events.closeStreams);
});
