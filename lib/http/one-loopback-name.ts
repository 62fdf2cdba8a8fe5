import type { MiddlewareHandler } from "hono";
import { devProvider } from "#lib/token/authenticate.ts";

const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])$/;

/**
 * Sends a person's browser that has come by another name of this machine to the one of `PUBLIC_URL`. Cookies belong to
 * a name: a sign-in that is begun by one and ends at the other is not finished, and a photo is not uploaded across.
 * The provider `dev` keeps the name, for pages that are developed at a port of their own.
 *
 * @param origin of `PUBLIC_URL`; where it is no name of this machine, nothing is done
 */
export function oneLoopbackName(origin: string): MiddlewareHandler {
  const own = new URL(origin);
  return async function oneLoopbackNameHandler(c, next) {
    if (c.req.method !== "GET" || !c.req.header("accept")?.includes("text/html")) return next();
    const asked = new URL(c.req.url);
    const isOther = asked.hostname !== own.hostname && asked.port === own.port;
    const areLoopback = LOOPBACK.test(asked.hostname) && LOOPBACK.test(own.hostname);
    const isDev = asked.pathname.startsWith(`/api/v1/auth/${devProvider}/`);
    if (!isOther || !areLoopback || isDev) return next();
    c.header("cache-control", "no-store");
    return c.redirect(`${own.origin}${asked.pathname}${asked.search}`, 307);
  };
}
