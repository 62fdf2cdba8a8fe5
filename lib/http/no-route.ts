import type { NotFoundHandler } from "hono";
import { Fault } from "#lib/error/fault.ts";
import type { App, AppEnv } from "./create-app.ts";
import { problem } from "./problem.ts";

/**
 * Answers what no route does: 404, or 405 with `Allow` where the path has routes for other methods. OPTIONS, which
 * no route has, is answered with the same `Allow`.
 *
 * @example
 * app.notFound(noRoute(app));
 */
export function noRoute(app: App): NotFoundHandler<AppEnv> {
  return function noRouteHandler(c) {
    const { method, path } = c.req;
    const traceId = c.get("traceId");
    const known = methods.filter((one) => hasRoute(app, one, path));
    if (known.length === 0) return problem(new Fault("NOT_FOUND"), traceId);
    const allow = [...known, ...(known.includes("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
    if (method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
    const response = problem(new Fault("METHOD_NOT_ALLOWED"), traceId);
    response.headers.set("allow", allow);
    return response;
  };
}

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** Middleware is registered for ALL methods, a route for one. */
function hasRoute(app: App, method: string, path: string): boolean {
  return app.router.match(method, path)[0].some(([[, route]]) => route.method !== "ALL");
}
