import type { MiddlewareHandler } from "hono";
import { USER_ID } from "#lib/contract/user-id.ts";
import { Fault } from "#lib/error/fault.ts";
import type { AppEnv } from "./create-app.ts";
import { callerHeaders } from "./gatekeeper.ts";

/**
 * Requires the `X-User-ID` that the gatekeeper sets, and provides it as `userId`. A client's own
 * header never arrives: edge's gatekeeper, or the mesh in front of a service of its own, replaces
 * it.
 *
 * @throws Fault `UNAUTHENTICATED`.
 * @example
 * app.use("/api/v1/things/*", requireUser());
 */
export function requireUser(): MiddlewareHandler<AppEnv> {
  return async function requireUserHandler(c, next) {
    const userId = c.req.header(callerHeaders.userId);
    if (userId === undefined || !USER_ID.test(userId)) throw new Fault("UNAUTHENTICATED");
    c.set("userId", userId);
    await next();
  };
}
