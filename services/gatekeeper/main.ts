import "#lib/config/set-runtime-limits.ts";
import { connectDatabase } from "#lib/db/client.ts";
import { createHealthApp } from "#lib/http/health.ts";
import { serve } from "#lib/http/serve.ts";
import { serveMetrics } from "#lib/http/serve-metrics.ts";
import { runProcess } from "#lib/process/run-process.ts";
import { connectBroker } from "#lib/queue/broker.ts";
import { countCheck } from "#lib/token/count-check.ts";
import { signProof } from "#lib/token/internal-proof.ts";
import { openAuthentication } from "#lib/token/open-authentication.ts";
import { anonymousHeaders, createExtAuthzHandler } from "./adapters/http.ts";
import { GatekeeperConfig } from "./config.ts";

await runProcess("gatekeeper", GatekeeperConfig, async ({ config, log, scope }) => {
  serveMetrics(scope, config);
  const database = await connectDatabase(config.DATABASE_URL);
  scope.onStop("postgres", database.close);
  const broker = await connectBroker(config.AMQP_URL, log, {
    topology: config.AMQP_TOPOLOGY,
  });
  scope.onStop("rabbitmq", broker.close);
  const authentication = await openAuthentication(config, { database, broker, log, scope });

  const { INTERNAL_SECRET: secret } = config;
  const extAuthz = createExtAuthzHandler({
    authenticate: authentication.authenticate,
    prove: secret === undefined ? undefined : (caller) => signProof(secret, caller),
    corsOrigins: config.CORS_ORIGINS,
    count: countCheck,
    onFailed: (error) => log.error("check failed", { error }),
  });
  // Postgres and RabbitMQ are not checked: the gatekeeper works without either of them.
  const checks = { revocations: authentication.isCurrent };
  const health = createHealthApp(checks, () => scope.stopping);
  serve(scope, (request) => extAuthz(request) ?? notFound(request), {
    port: config.PORT,
    hostname: config.HOST,
  });

  /**
   * Health, or 404. Of an original path with `..` in it the proxy may have left `/authz`; the proxy
   * must drop the client's identity headers in that case too.
   */
  async function notFound(request: Request): Promise<Response> {
    const response = await health.fetch(request);
    for (const [name, value] of Object.entries(anonymousHeaders)) response.headers.set(name, value);
    return response;
  }
});
