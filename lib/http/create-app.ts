import { Hono } from "hono";
import { routePath } from "hono/route";
import { secureHeaders } from "hono/secure-headers";
import { Histogram } from "prom-client";
import type { Logger } from "#lib/log/logger.ts";
import type { Authenticate } from "#lib/token/authenticate.ts";
import { continueTrace, traceId } from "#lib/trace/trace-context.ts";
import { allowOrigins } from "./allow-origins.ts";
import { gatekeeper } from "./gatekeeper.ts";
import { notFound, problemHandler } from "./problem.ts";

/** Labelled by route pattern, never by path: a label per job would grow without bound. */
const requestDuration = new Histogram({
  name: "eco2_http_request_duration_seconds",
  help: "Time to the response's head",
  labelNames: ["method", "route", "status"],
  buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
});

/** What the middleware of every app leaves for its handlers. */
export interface AppEnv {
  Variables: {
    /** Verified by the gatekeeper; only behind `requireUser`. */
    userId: string;
    traceparent: string;
    traceId: string;
  };
}

export type App = Hono<AppEnv>;

export interface AppOptions {
  /** Of web pages that may call with a user's cookies; none, no CORS. */
  readonly corsOrigins?: readonly string[];
  /** Who may what. Without it the callers were identified by a gatekeeper in front. */
  readonly authenticate?: Authenticate;
}

/**
 * The app a process serves: problem+json for every error, trace context, security headers, and the
 * routes of one service or, in edge, of all.
 */
export function createApp(
  log: Logger,
  routes: readonly App[],
  { corsOrigins = [], authenticate }: AppOptions = {},
): App {
  const app = new Hono<AppEnv>();
  app.onError(problemHandler(log));
  app.notFound(notFound);
  // A route that knows better keeps its own: photos may be shown on other origins.
  app.use(secureHeaders({ overwrite: false }));
  app.use(async function measure(c, next) {
    const stop = requestDuration.startTimer({ method: c.req.method });
    await next();
    stop({ route: routePath(c, -1), status: c.res.status });
  });
  app.use(async function trace(c, next) {
    const traceparent = continueTrace(c.req.header("traceparent"));
    c.set("traceparent", traceparent);
    c.set("traceId", traceId(traceparent));
    await next();
  });
  // Before the authenticate: a page that was refused is to read why.
  if (corsOrigins.length > 0) app.use(allowOrigins(corsOrigins));
  if (authenticate) app.use(gatekeeper(authenticate));
  for (const part of routes) app.route("/", part);
  return app;
}
