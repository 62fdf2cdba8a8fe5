import "./default-metrics.ts";
import { register } from "prom-client";
import type { ProcessScope } from "#lib/process/run-process.ts";
import { serve } from "./serve.ts";

/**
 * Serves Prometheus' metrics at a port of their own, where no proxy leads. Called first, so that it is
 * closed last: how a process drains is seen as well.
 */
export function serveMetrics(
  scope: ProcessScope,
  { METRICS_PORT: port, HOST: hostname }: { readonly METRICS_PORT: number; readonly HOST: string },
) {
  return serve(scope, respond, { port, hostname, portVariable: "METRICS_PORT" });
}

async function respond({ method, url }: Request): Promise<Response> {
  if (new URL(url).pathname !== "/metrics") return new Response(null, { status: 404 });
  if (method !== "GET" && method !== "HEAD") return new Response(null, { status: 405 });
  const headers = { "content-type": register.contentType };
  return new Response(await register.metrics(), { headers });
}
