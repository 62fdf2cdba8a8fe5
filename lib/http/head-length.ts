import type { MiddlewareHandler } from "hono";

/**
 * Says the length of a HEAD request's body, which Hono drops: Bun would say 0, and RFC 9110, 8.6 allows only what
 * GET says.
 */
export function headLength(): MiddlewareHandler {
  return async function headLengthHandler(c, next) {
    await next();
    if (c.req.method !== "HEAD" || !c.res.body || c.res.headers.has("content-length")) return;
    const { byteLength } = await c.res.arrayBuffer();
    c.res.headers.set("content-length", String(byteLength));
  };
}
