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
import { createProofAuthenticator } from "#lib/token/internal-proof.ts";
import { CharacterProcessConfig } from "./config.ts";
import { characterRoutes } from "./main-routes.ts";

await runProcess("character", CharacterProcessConfig, async ({ config, log, scope }) => {
  serveMetrics(scope, config);
  const database = await connectDatabase(config.DATABASE_URL);
  scope.onStop("postgres", database.close);
  const broker = await connectBroker(config.AMQP_URL, log, {
    topology: config.AMQP_TOPOLOGY,
  });
  scope.onStop("rabbitmq", broker.close);
  const publisher = await createPublisher(broker);

  const given = { database, broker, publisher, log, scope };
  const app = createApp(log, [await characterRoutes(config, given)], {
    corsOrigins: config.CORS_ORIGINS,
    authenticate: createProofAuthenticator(config.INTERNAL_SECRET),
  });
  serveOpenApi(app);
  const checks = { postgres: database.checkWritable, rabbitmq: publisher.checkWritable };
  app.route(
    "/",
    createHealthApp(checks, () => scope.stopping),
  );
  serve(scope, app.fetch, { port: config.PORT, hostname: config.HOST });
});
