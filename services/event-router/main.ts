import "#lib/config/set-runtime-limits.ts";
import { createHealthApp } from "#lib/http/health.ts";
import { serve } from "#lib/http/serve.ts";
import { serveMetrics } from "#lib/http/serve-metrics.ts";
import { runProcess } from "#lib/process/run-process.ts";
import { checkWritable } from "#lib/redis/check-writable.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { createRoutedStreams } from "./adapters/routed-streams.ts";
import { RouterLoop } from "./adapters/router-loop.ts";
import { EventRouterConfig } from "./config.ts";
import { EventRouter } from "./event-router.ts";

await runProcess("event-router", EventRouterConfig, async ({ config, log, scope }) => {
  serveMetrics(scope, config);
  const { REDIS_URL, REDIS_PREFIX, PUBSUB_REDIS_URL } = config;
  const redis = await connectRedis(REDIS_URL, log, REDIS_PREFIX);
  scope.onStop("redis", () => redis.quit());
  const pubsub = await connectRedis(PUBSUB_REDIS_URL, log, "", "PUBSUB_REDIS_URL");
  scope.onStop("pubsub", () => pubsub.quit());
  const streams = createRoutedStreams(redis, pubsub);
  const router = new EventRouter(streams.deps);
  const loop = new RouterLoop(router, await connectRedis(REDIS_URL, log, REDIS_PREFIX), log);
  loop.start();
  // The next router need not wait until this one is taken for dead.
  scope.onStop("held streams", streams.leave);
  scope.onStop("router", () => loop.stop());

  const checks = {
    redis: () => checkWritable(redis),
    pubsub: () => pubsub.ping(),
    router: () => loop.isRouting(),
  };
  const health = createHealthApp(checks, () => scope.stopping);
  serve(scope, health.fetch, {
    port: config.HEALTH_PORT,
    hostname: config.HOST,
    portVariable: "HEALTH_PORT",
  });
});
