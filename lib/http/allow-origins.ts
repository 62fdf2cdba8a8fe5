import type { MiddlewareHandler } from "hono";
import { isPreflight } from "#lib/token/authenticate.ts";

/** How long a browser remembers what it was told of one URL. */
const preflightMaxAgeS = 600;

const methods = "GET, HEAD, POST, PUT, PATCH, DELETE";
const requestHeaders = [
  ...["Content-Type", "Authorization", "X-Idempotency-Key", "Idempotency-Key"],
  ...["Last-Event-ID", "If-None-Match", "traceparent"],
].join(", ");
/** Besides what any page may read. */
const responseHeaders =
  "Retry-After, Idempotency-Replayed, RateLimit, RateLimit-Policy, ETag, WWW-Authenticate";

/**
 * CORS for pages of the given origins, with cookies. Pages of others are told nothing, and the order of
 * events is why this is not Hono's own: what that sets before the handler runs has every response built
 * anew, and an event stream must stay the one that its handler made.
 */
export function allowOrigins(origins: readonly string[]): MiddlewareHandler {
  const allowed = new Set(origins);
  return async function allowOriginsHandler(c, next) {
    const origin = c.req.header("origin");
    const isAllowed = origin !== undefined && allowed.has(origin);
    if (isAllowed && isPreflight(c.req.raw)) return answerPreflight(origin);
    await next();
    // Also for whoever is told nothing: a cache must not give one page what another one got.
    c.res.headers.append("Vary", "Origin");
    if (isAllowed) for (const [name, value] of corsHeaders(origin)) c.res.headers.set(name, value);
  };
}

/** What lets a page of this origin read the answer. */
export function corsHeaders(origin: string): [name: string, value: string][] {
  return [
    ["Access-Control-Allow-Origin", origin],
    ["Access-Control-Allow-Credentials", "true"],
    ["Access-Control-Expose-Headers", responseHeaders],
  ];
}

function answerPreflight(origin: string): Response {
  const headers = new Headers([
    ...corsHeaders(origin),
    ["Access-Control-Allow-Methods", methods],
    ["Access-Control-Allow-Headers", requestHeaders],
    ["Access-Control-Max-Age", String(preflightMaxAgeS)],
    ["Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"],
  ]);
  return new Response(null, { status: 204, headers });
}
