import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import type { Logger } from "#lib/log/logger.ts";
import { continueTrace, traceId } from "#lib/trace/trace-context.ts";
import { notFound, problemHandler } from "./problem.ts";

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

/**
 * The app a process serves: problem+json for every error, trace context, security headers, and the
 * routes of one service or, in edge, of all.
 */
export function createApp(log: Logger, routes: readonly App[]): App {
  const app = new Hono<AppEnv>();
  app.onError(problemHandler(log));
  app.notFound(notFound);
  app.use(secureHeaders());
  app.use(async function trace(c, next) {
    const traceparent = continueTrace(c.req.header("traceparent"));
    c.set("traceparent", traceparent);
    c.set("traceId", traceId(traceparent));
    await next();
  });
  for (const part of routes) app.route("/", part);
  return app;
}
