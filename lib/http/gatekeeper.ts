import type { MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import { Fault } from "#lib/error/fault.ts";
import type { Authenticate } from "#lib/token/authenticate.ts";
import { countCheck } from "#lib/token/count-check.ts";
import type { AppEnv } from "./create-app.ts";

/** The headers a gatekeeper sets; it drops those that a client sends. */
export const callerHeaders = { userId: "x-user-id", provider: "x-auth-provider" } as const;

/**
 * Middleware that authenticates every request a route would handle, and replaces the client's
 * identity headers by the authenticated ones. A request without a route ends here with 404: there
 * is nothing to protect.
 *
 * @example
 * app.use(gatekeeper(authenticate)); // before the routes
 */
export function gatekeeper(authenticate: Authenticate): MiddlewareHandler<AppEnv> {
  return async function gatekeeperHandler(c, next) {
    // Middleware is registered for ALL methods, a route for one.
    if (!matchedRoutes(c).some(({ method }) => method !== "ALL")) return c.notFound();
    const { headers } = c.req.raw;
    // The path as the router decoded it, so that the decision is about the route that will run.
    const caller = await authenticate({ method: c.req.method, path: c.req.path, headers }).catch(
      (error: unknown) => {
        countCheck(Fault.from(error).code);
        throw error;
      },
    );
    countCheck(caller ? "allowed" : "public");
    headers.delete(callerHeaders.userId);
    headers.delete(callerHeaders.provider);
    if (caller) {
      headers.set(callerHeaders.userId, caller.userId);
      headers.set(callerHeaders.provider, caller.provider);
      c.set("sessionId", caller.sessionId);
    }
    await next();
  };
}
