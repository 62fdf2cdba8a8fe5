import "#lib/config/set-runtime-limits.ts";
import { createApp } from "#lib/http/create-app.ts";
import { createHealthApp } from "#lib/http/health.ts";
import { serve } from "#lib/http/serve.ts";
import { serveMetrics } from "#lib/http/serve-metrics.ts";
import { runProcess } from "#lib/process/run-process.ts";
import { WebConfig } from "./config.ts";
import { webRoutes } from "./main-routes.ts";

await runProcess("web", WebConfig, async ({ config, log, scope }) => {
  serveMetrics(scope, config);
  // Nothing here is anybody's: there is nobody to authenticate.
  const app = createApp(log, [webRoutes(config)]);
  app.route(
    "/",
    createHealthApp({}, () => scope.stopping),
  );
  serve(scope, app.fetch, { port: config.PORT, hostname: config.HOST });
});
