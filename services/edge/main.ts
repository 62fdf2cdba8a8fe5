import "#lib/config/set-runtime-limits.ts";
import { publicOrigin } from "#lib/config/public-url.ts";
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
import { openAuthentication } from "#lib/token/open-authentication.ts";
import { authRoutes } from "../auth/main-routes.ts";
import { characterRoutes } from "../character/main-routes.ts";
import { chatRoutes } from "../chat/main-routes.ts";
import { eventsRoutes } from "../events/main-routes.ts";
import { imagesRoutes } from "../images/main-routes.ts";
import { locationRoutes } from "../location/main-routes.ts";
import { opsRoutes } from "../operator/main-routes.ts";
import { scanRoutes } from "../scan/main-routes.ts";
import { usersRoutes } from "../users/main-routes.ts";
import { webRoutes } from "../web/main-routes.ts";
import { webhookRoutes } from "../webhooks/main-routes.ts";
import { EdgeConfig } from "./config.ts";

/**
 * Every service's routes in one process behind authentication: the default locally and under
 * compose.
 */
await runProcess("edge", EdgeConfig, async ({ config, log, scope }) => {
  serveMetrics(scope, config);
  const database = await connectDatabase(config.DATABASE_URL);
  scope.onStop("postgres", database.close);
  const redis = await connectRedis(config.REDIS_URL, log, config.REDIS_PREFIX);
  scope.onStop("redis", () => redis.quit());
  publishFigures(redis, scope, { name: "edge" });
  const broker = await connectBroker(config.AMQP_URL, log, {
    topology: config.AMQP_TOPOLOGY,
  });
  scope.onStop("rabbitmq", broker.close);
  const publisher = await createPublisher(broker);
  const authentication = await openAuthentication(config, { database, broker, log, scope });
  const { authenticate, keys, revocations } = authentication;
  const events = await eventsRoutes(config, { database, redis, revocations, log, scope });

  const scan = scanRoutes(config, { database, redis, publisher, log });
  const chat = chatRoutes(config, { database, redis, publisher, log });
  const auth = authRoutes(config, { database, redis, publisher, log, scope, keys, revocations });
  const character = await characterRoutes(config, { database, broker, publisher, log, scope });
  const images = await imagesRoutes(config, { database, redis, log, scope });
  const users = usersRoutes({ database, redis, removePhotos: images.removeOwnerless });
  const location = locationRoutes(config, { database, log });
  const ops = await opsRoutes(config, { database, redis, broker, revocations, log });
  const webhooks = webhookRoutes(config, { database });
  const web = webRoutes(config);
  // Events before chat: `/chat/stream` is no conversation.
  const api = [
    images.routes,
    scan,
    events.routes,
    chat,
    users,
    character,
    auth,
    location,
    ops.routes,
    webhooks,
  ];
  const app = createApp(log, [...api, web], {
    corsOrigins: config.CORS_ORIGINS,
    publicOrigin: publicOrigin(config),
    authenticate,
  });
  serveOpenApi(app);
  const checks = {
    postgres: database.checkWritable,
    redis: () => checkWritable(redis),
    redis_memory: createMemoryCheck(redis),
    rabbitmq: publisher.checkWritable,
    live_events: events.isLive,
    revocations: authentication.isCurrent,
    ...images.checks,
  };
  app.route(
    "/",
    createHealthApp(checks, () => scope.stopping),
  );
  serve(scope, app.fetch, { port: config.PORT, hostname: config.HOST });
  // Stopped before the server, which would wait for them; clients reconnect with their last id.
  scope.onStop("event streams", events.closeStreams);
  scope.onStop("viewers", ops.closeStreams);
});
