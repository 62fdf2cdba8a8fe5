import { type Context, Hono } from "hono";
import { routePath } from "hono/route";
import { secureHeaders } from "hono/secure-headers";
import { Histogram } from "prom-client";
import type { Logger } from "#lib/log/logger.ts";
import type { Authenticate } from "#lib/token/authenticate.ts";
import { type OpenSpan, runInTrace, startServerSpan } from "#lib/trace/span.ts";
import { traceId } from "#lib/trace/trace-context.ts";
import { allowOrigins } from "./allow-origins.ts";
import { gatekeeper } from "./gatekeeper.ts";
import { headLength } from "./head-length.ts";
import { noRoute } from "./no-route.ts";
import { oneLoopbackName } from "./one-loopback-name.ts";
import { problemHandler } from "./problem.ts";

/** Labelled by route pattern, never by path: a label per job would grow without bound. */
const requestDuration = new Histogram({
  name: "eco2_http_request_duration_seconds",
  help: "Time to the response's head",
  labelNames: ["method", "route", "status"],
  buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
});

/** What `serve` passes with each request; a test that calls `fetch` itself passes none. */
export interface ServerBindings {
  readonly server?: { requestIP(request: Request): { readonly address: string } | null };
  /** Sets the idle timeout of one request; 0 lifts it. */
  readonly timeout?: (request: Request, seconds: number) => void;
}

/** The types of `c.env` and `c.get` in every app. */
export interface AppEnv {
  Bindings: ServerBindings;
  /** Set by middleware. */
  Variables: {
    /** Verified by the gatekeeper; only behind `requireUser`. */
    userId: string;
    /** The session of the caller's token, where the gatekeeper has seen one. */
    sessionId: string | undefined;
    traceparent: string;
    traceId: string;
    log: Logger;
  };
}

export type App = Hono<AppEnv>;

export interface AppOptions {
  /** Origins of web pages that may call with a user's cookies; without any there is no CORS. */
  readonly corsOrigins?: readonly string[];
  /** Of `PUBLIC_URL`: a person's browser that comes by another name of this machine is sent there. */
  readonly publicOrigin?: string;
  /** Authenticates every request; left out where a gatekeeper process in front does. */
  readonly authenticate?: Authenticate;
}

/**
 * The app a process serves: problem+json for every error, trace context, security headers, and the
 * routes of one service or, in edge, of all.
 */
export function createApp(
  log: Logger,
  routes: readonly App[],
  { corsOrigins = [], publicOrigin, authenticate }: AppOptions = {},
): App {
  const app = new Hono<AppEnv>();
  app.onError(problemHandler(log));
  app.notFound(noRoute(app));
  app.use(headLength());
  // A route may set its own: photos may be shown on other origins.
  app.use(secureHeaders({ overwrite: false }));
  // What is not said to be public is a user's: no cache may keep it, nor a browser that others use.
  app.use(async function forbidStoring(c, next) {
    await next();
    if (!c.res.headers.has("cache-control")) c.res.headers.set("cache-control", "no-store");
  });
  app.use(async function measure(c, next) {
    const stop = requestDuration.startTimer({ method: c.req.method });
    await next();
    // Of the handler that has responded, not of the last one that would have matched, which may be `/*`.
    stop({ route: routePath(c), status: c.res.status });
  });
  app.use(async function logAccess(c, next) {
    const startedAt = performance.now();
    await next();
    const { method, path } = c.req;
    const duration_ms = Math.round(performance.now() - startedAt);
    const trace_id = c.get("traceId");
    log.access("request", { method, path, status: c.res.status, duration_ms, trace_id });
  });
  app.use(async function trace(c, next) {
    const span = startServerSpan(c.req.header("traceparent"));
    const { traceparent } = span;
    const id = traceId(traceparent);
    c.set("traceparent", traceparent);
    c.set("traceId", id);
    c.set("log", log);
    await runInTrace(traceparent, next, span.link);
    endServerSpan(c, span);
    // What the log lines of this request have as `trace_id`.
    c.res.headers.set("x-request-id", id);
  });
  if (publicOrigin !== undefined) app.use(oneLoopbackName(publicOrigin));
  // Before authentication, so that an allowed page can read why it was refused.
  if (corsOrigins.length > 0) app.use(allowOrigins(corsOrigins));
  if (authenticate) app.use(gatekeeper(authenticate));
  for (const part of routes) app.route("/", part);
  return app;
}

/** By its route, never by its path, which names jobs. */
function endServerSpan(c: Context<AppEnv>, span: OpenSpan): void {
  const route = routePath(c);
  const { method } = c.req;
  const { status } = c.res;
  const attributes = {
    "http.request.method": method,
    "http.route": route,
    "http.response.status_code": status,
  };
  span.end({
    name: `${method} ${route}`,
    attributes,
    error: status >= 500 ? String(status) : undefined,
  });
}
