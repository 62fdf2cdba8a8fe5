import { connectDatabase } from "#lib/db/client.ts";
import { createApp } from "#lib/http/create-app.ts";
import { createHealthApp } from "#lib/http/health.ts";
import { serve as serveHttp } from "#lib/http/serve.ts";
import { serveMetrics } from "#lib/http/serve-metrics.ts";
import { serveOpenApi } from "#lib/http/serve-openapi.ts";
import { runProcess } from "#lib/process/run-process.ts";
import { connectBroker } from "#lib/queue/broker.ts";
import { checkWritable } from "#lib/redis/check-writable.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { followRevocations } from "#lib/token/follow-revocations.ts";
import { createProofAuthenticator } from "#lib/token/internal-proof.ts";
import { RevocationList } from "#lib/token/revocation-list.ts";
import { OpsProcessConfig } from "./config.ts";
import { opsRoutes } from "./main-routes.ts";

/** Serves the operations for administrators until it is stopped: a process of its own behind a gatekeeper. */
export async function serve(args: string[]): Promise<void> {
  await runProcess("operator", OpsProcessConfig, start, { args });
}

const start: Parameters<typeof runProcess<typeof OpsProcessConfig>>[2] = async ({
  config,
  log,
  scope,
}) => {
  serveMetrics(scope, config);
  const database = await connectDatabase(config.DATABASE_URL);
  scope.onStop("postgres", database.close);
  const redis = await connectRedis(config.REDIS_URL, log, config.REDIS_PREFIX);
  scope.onStop("redis", () => redis.quit());
  const broker = await connectBroker(config.AMQP_URL, log, { topology: config.AMQP_TOPOLOGY });
  scope.onStop("rabbitmq", broker.close);
  const revocations = new RevocationList();
  const followed = await followRevocations({ database, broker, list: revocations, log });
  scope.onStop("revocations", followed);
  const ops = await opsRoutes(config, { database, redis, broker, revocations, log });

  const app = createApp(log, [ops.routes], {
    corsOrigins: config.CORS_ORIGINS,
    authenticate: createProofAuthenticator(config.INTERNAL_SECRET),
  });
  serveOpenApi(app);
  const checks = {
    postgres: database.checkWritable,
    redis: () => checkWritable(redis),
    rabbitmq: () => broker.isConnected(),
  };
  app.route(
    "/",
    createHealthApp(checks, () => scope.stopping),
  );
  serveHttp(scope, app.fetch, { port: config.PORT, hostname: config.HOST });
  // Before the server stops, which would wait for them; viewers connect again.
  scope.onStop("event streams", ops.closeStreams);
};
