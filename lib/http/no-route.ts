import type { Env, Hono, NotFoundHandler } from "hono";
import { Fault } from "#lib/error/fault.ts";
import { problem } from "./problem.ts";

/**
 * Answers what no route does: 404, or 405 with `Allow` where the path has routes for other methods. OPTIONS, which
 * no route has, is answered with the same `Allow`.
 *
 * @example
 * app.notFound(noRoute(app));
 */
export function noRoute<E extends Env>(app: Hono<E>): NotFoundHandler<E> {
  return function noRouteHandler({ req: { method, path } }) {
    const known = methods.filter((one) => hasRoute(app, one, path));
    if (known.length === 0) return problem(new Fault("NOT_FOUND"));
    const allow = [...known, ...(known.includes("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
    if (method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
    const response = problem(new Fault("METHOD_NOT_ALLOWED"));
    response.headers.set("allow", allow);
    return response;
  };
}

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** Middleware is registered for ALL methods, a route for one. */
function hasRoute<E extends Env>(app: Hono<E>, method: string, path: string): boolean {
  return app.router.match(method, path)[0].some(([[, route]]) => route.method !== "ALL");
}
