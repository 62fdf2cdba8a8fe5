import type { MiddlewareHandler } from "hono";
import { USER_ID } from "#lib/contract/user-id.ts";
import { Fault } from "#lib/error/fault.ts";
import type { AppEnv } from "./create-app.ts";
import { callerHeaders } from "./gatekeeper.ts";

/**
 * Lets through callers whom the gatekeeper has identified by `X-User-ID`. A client's own header
 * never gets here: edge's gatekeeper, or the mesh in front of a lone service, replaces it.
 */
export function requireUser(): MiddlewareHandler<AppEnv> {
  return async function requireUserHandler(c, next) {
    const userId = c.req.header(callerHeaders.userId);
    if (userId === undefined || !USER_ID.test(userId)) throw new Fault("UNAUTHENTICATED");
    c.set("userId", userId);
    await next();
  };
}
