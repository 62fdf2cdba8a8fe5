import "#lib/config/set-runtime-limits.ts";
import { connectDatabase } from "#lib/db/client.ts";
import { createApp } from "#lib/http/create-app.ts";
import { createHealthApp } from "#lib/http/health.ts";
import { serve } from "#lib/http/serve.ts";
import { serveMetrics } from "#lib/http/serve-metrics.ts";
import { serveOpenApi } from "#lib/http/serve-openapi.ts";
import { runProcess } from "#lib/process/run-process.ts";
import { createProofAuthenticator } from "#lib/token/internal-proof.ts";
import { WebhooksProcessConfig } from "./config.ts";
import { webhookRoutes } from "./main-routes.ts";

await runProcess("webhooks", WebhooksProcessConfig, async ({ config, log, scope }) => {
  serveMetrics(scope, config);
  const database = await connectDatabase(config.DATABASE_URL);
  scope.onStop("postgres", database.close);
  const app = createApp(log, [webhookRoutes(config, { database })], {
    corsOrigins: config.CORS_ORIGINS,
    authenticate: createProofAuthenticator(config.INTERNAL_SECRET),
  });
  serveOpenApi(app);
  app.route(
    "/",
    createHealthApp({ postgres: database.checkWritable }, () => scope.stopping),
  );
  serve(scope, app.fetch, { port: config.PORT, hostname: config.HOST });
});
