import type { MiddlewareHandler } from "hono";
import { Fault } from "#lib/error/fault.ts";
import type { AppEnv } from "./create-app.ts";

/**
 * Lets administrators pass, and nobody where there are none. Behind `requireUser` and before validation: others learn
 * nothing of what lies behind it.
 *
 * @throws Fault `FORBIDDEN`.
 */
export function requireAdmin(admins: ReadonlySet<string>): MiddlewareHandler<AppEnv> {
  return async function requireAdminHandler(c, next) {
    if (!admins.has(c.get("userId"))) throw new Fault("FORBIDDEN");
    await next();
  };
}
