import { Counter } from "prom-client";
import { connectDatabase } from "#lib/db/client.ts";
import { createHealthApp } from "#lib/http/health.ts";
import { serve } from "#lib/http/serve.ts";
import { runProcess } from "#lib/process/run-process.ts";
import { connectBroker } from "#lib/queue/broker.ts";
import { openAuthentication } from "#lib/token/open-authentication.ts";
import { anonymousHeaders, createExtAuthzHandler } from "./adapters/http.ts";
import { GatekeeperConfig } from "./config.ts";

await runProcess("gatekeeper", GatekeeperConfig, async ({ config, log, scope }) => {
  const database = await connectDatabase(config.DATABASE_URL);
  scope.onStop("postgres", database.close);
  const broker = await connectBroker(config.AMQP_URL, log);
  scope.onStop("rabbitmq", broker.close);
  const { authenticate, isCurrent } = await openAuthentication(config, {
    database,
    broker,
    log,
    scope,
  });

  const extAuthz = createExtAuthzHandler({
    authenticate,
    corsOrigins: config.CORS_ORIGINS,
    count: countChecks(),
    onFailed: (error) => log.error("request not judged", { error }),
  });
  // Not that its backing services are there: it does its work without one of them.
  const health = createHealthApp({ revocations: isCurrent }, () => scope.stopping);
  serve(scope, (request) => extAuthz(request) ?? notFound(request), {
    port: config.PORT,
    hostname: config.HOST,
  });

  /** A path with `..` in it may get out of `/authz`, and then nobody's word is to be believed either. */
  async function notFound(request: Request): Promise<Response> {
    const response = await health.fetch(request);
    for (const [name, value] of Object.entries(anonymousHeaders)) response.headers.set(name, value);
    return response;
  }
});

/** A number a check; what Prometheus makes of it is made when it asks. */
function countChecks(): (outcome: string) => void {
  const counts = new Map<string, number>();
  new Counter({
    name: "eco2_authz_checks_total",
    help: "Requests judged, by what was decided",
    labelNames: ["outcome"],
    collect() {
      this.reset();
      for (const [outcome, count] of counts) this.inc({ outcome }, count);
    },
  });
  return (outcome) => counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
}
