import type { MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import type { Authenticate } from "#lib/token/authenticate.ts";

/** What a gatekeeper says of the caller. Nobody else's word gets past it. */
export const callerHeaders = { userId: "x-user-id", provider: "x-auth-provider" } as const;

/**
 * Has the gate decide about every request that a route would answer, and replaces what the client says of
 * itself by what the gate found. What no route answers ends here: there is nothing to be let in to.
 */
export function gatekeeper(authenticate: Authenticate): MiddlewareHandler {
  return async function gatekeeperHandler(c, next) {
    // Middleware is registered for all methods, routes for one.
    if (!matchedRoutes(c).some(({ method }) => method !== "ALL")) return c.notFound();
    const { headers } = c.req.raw;
    // The path as the router reads it: the decision is about the route that will answer.
    const caller = await authenticate({ method: c.req.method, path: c.req.path, headers });
    headers.delete(callerHeaders.userId);
    headers.delete(callerHeaders.provider);
    if (caller) {
      headers.set(callerHeaders.userId, caller.userId);
      headers.set(callerHeaders.provider, caller.provider);
    }
    await next();
  };
}
