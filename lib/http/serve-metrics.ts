import "./default-metrics.ts";
import type { Server } from "bun";
import { register } from "prom-client";
import { isSet } from "#lib/config/load-config.ts";
import { createLogger, type LogLevel } from "#lib/log/logger.ts";
import { BootError, type ProcessScope } from "#lib/process/run-process.ts";
import { serve } from "./serve.ts";

interface MetricsConfig {
  readonly METRICS_PORT: number;
  readonly HOST: string;
  readonly LOG_LEVEL: LogLevel;
}

/**
 * Serves Prometheus' metrics at a port of their own, where no proxy leads. Called first, so that it is
 * closed last: how a process drains is seen as well.
 *
 * @param isChosen false where the port is the default: one that is taken, as by a second process on a developer's
 * machine, keeps nobody from starting. A log line tells the port that is served instead.
 * @throws BootError `METRICS_PORT` when the chosen port is taken.
 */
export function serveMetrics(
  scope: ProcessScope,
  { METRICS_PORT, HOST: hostname, LOG_LEVEL }: MetricsConfig,
  isChosen = isSet("METRICS_PORT"),
): Server<undefined> {
  const serveAt = (port: number) =>
    serve(scope, respond, { port, hostname, portVariable: "METRICS_PORT" });
  try {
    return serveAt(METRICS_PORT);
  } catch (error) {
    if (isChosen || !(error instanceof BootError)) throw error;
    const server = serveAt(0);
    createLogger("metrics", LOG_LEVEL).warn("METRICS_PORT is taken, another one is served", {
      taken: METRICS_PORT,
      port: server.port,
    });
    return server;
  }
}

async function respond({ method, url }: Request): Promise<Response> {
  if (new URL(url).pathname !== "/metrics") return new Response(null, { status: 404 });
  if (method !== "GET" && method !== "HEAD") return new Response(null, { status: 405 });
  const headers = { "content-type": register.contentType };
  return new Response(await register.metrics(), { headers });
}
