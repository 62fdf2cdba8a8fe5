import type { MiddlewareHandler } from "hono";
import { isPreflight } from "#lib/token/authenticate.ts";

/** How long a browser may cache the preflight response of one URL. */
const preflightMaxAgeS = 600;

const methods = "GET, HEAD, POST, PUT, PATCH, DELETE";
/** Named to whoever asks for none. */
const requestHeaders = [
  ...["Content-Type", "Authorization", "X-Idempotency-Key", "Idempotency-Key"],
  ...["Last-Event-ID", "If-None-Match", "Cache-Control", "X-Requested-With", "traceparent"],
];
/** Besides the response headers that CORS always exposes. */
const responseHeaders = [
  ...["Retry-After", "RateLimit", "RateLimit-Policy", "Idempotency-Replayed", "X-Request-ID"],
  ...["ETag", "WWW-Authenticate", "Allow", "Accept-Encoding"],
].join(", ");

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
    if (isAllowed && isPreflight(c.req.raw)) return preflightResponse(origin, c.req.raw.headers);
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

function preflightResponse(origin: string, asked: Headers): Response {
  const more = askedHeaders(asked.get("access-control-request-headers") ?? "");
  const headers = new Headers([
    ...corsHeaders(origin),
    ["Access-Control-Allow-Methods", methods],
    ["Access-Control-Allow-Headers", [...requestHeaders, ...more].join(", ")],
    ["Access-Control-Max-Age", String(preflightMaxAgeS)],
    ["Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"],
  ]);
  return new Response(null, { status: 204, headers });
}

/**
 * What an allowed page asks to send: an origin that is let in with its users' cookies is trusted with any header,
 * and libraries add some of their own, as for tracing. Only what proxies and the gatekeeper say is not for pages.
 */
function askedHeaders(list: string): string[] {
  return list
    .split(",", askedHeadersMax)
    .map((name) => name.trim())
    .filter((name) => HEADER_NAME.test(name) && !OF_PROXIES.test(name));
}

const askedHeadersMax = 50;
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]{1,64}$/;
const OF_PROXIES =
  /^(?:cookie|host|via|forwarded|x-real-ip|(?:x-forwarded|x-envoy|x-auth|x-internal|proxy|sec)-.*)$/i;
