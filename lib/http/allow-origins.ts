import type { MiddlewareHandler } from "hono";
import { isPreflight } from "#lib/token/authenticate.ts";

/** How long a browser may cache the preflight response of one URL. */
const preflightMaxAgeS = 600;

const methods = "GET, HEAD, POST, PUT, PATCH, DELETE";
const requestHeaders = [
  ...["Content-Type", "Authorization", "X-Idempotency-Key", "Idempotency-Key"],
  ...["Last-Event-ID", "If-None-Match", "traceparent"],
].join(", ");
/** Besides the response headers that CORS always exposes. */
const responseHeaders =
  "Retry-After, Idempotency-Replayed, RateLimit, RateLimit-Policy, ETag, WWW-Authenticate";

/**
 * CORS with credentials for pages of the given origins; responses to other origins carry no CORS
 * headers.
 *
 * Not `hono/cors`: it sets headers before `next()`, so Hono rebuilds the response, which breaks
 * Bun's direct streams.
 *
 * @example
 * app.use(allowOrigins(["https://app.example.com"]));
 */
export function allowOrigins(origins: readonly string[]): MiddlewareHandler {
  const allowed = new Set(origins);
  return async function allowOriginsHandler(c, next) {
    const origin = c.req.header("origin");
    const isAllowed = origin !== undefined && allowed.has(origin);
    if (isAllowed && isPreflight(c.req.raw)) return preflightResponse(origin);
    await next();
    // For every origin: a cache must not serve one origin the response to another.
    c.res.headers.append("Vary", "Origin");
    if (isAllowed) for (const [name, value] of corsHeaders(origin)) c.res.headers.set(name, value);
  };
}

/** The headers that let a page of this origin read the response. */
export function corsHeaders(origin: string): [name: string, value: string][] {
  return [
    ["Access-Control-Allow-Origin", origin],
    ["Access-Control-Allow-Credentials", "true"],
    ["Access-Control-Expose-Headers", responseHeaders],
  ];
}

function preflightResponse(origin: string): Response {
  const headers = new Headers([
    ...corsHeaders(origin),
    ["Access-Control-Allow-Methods", methods],
    ["Access-Control-Allow-Headers", requestHeaders],
    ["Access-Control-Max-Age", String(preflightMaxAgeS)],
    ["Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"],
  ]);
  return new Response(null, { status: 204, headers });
}
