import { tokenCookies } from "#lib/token/token.ts";

/** What the OpenAPI document says once and operations refer to. */

export const securitySchemes = {
  bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
  cookie: { type: "apiKey", in: "cookie", name: tokenCookies.access },
  user: {
    type: "apiKey",
    in: "header",
    name: "X-User-ID",
    description: "Taken with `AUTH_MODE=dev` only, from a request that shows no token",
  },
} as const;

/** Request headers that some operations read. */
export const parameters = {
  "X-Idempotency-Key": {
    in: "header",
    name: "X-Idempotency-Key",
    description:
      "Makes a retry safe: for 24 hours the same key gets its user the first answer. `Idempotency-Key` does too",
    schema: { type: "string", pattern: "^[\\x21-\\x7e]{1,255}$" },
    example: "0b6e4f0a-6a4e-4d0e-9a40-6f2f4b7d9c11",
  },
  "Last-Event-ID": {
    in: "header",
    name: "Last-Event-ID",
    description: "`id` of the newest event that was seen: the stream goes on behind it",
    schema: { type: "string", pattern: "^\\d{0,15}$" },
    example: "31",
  },
  "If-None-Match": {
    in: "header",
    name: "If-None-Match",
    description: "The `ETag` of what is at hand",
    schema: { type: "string" },
  },
} as const;
export type RequestHeader = keyof typeof parameters;

const string = { type: "string" } as const;
const whole = { type: "integer", minimum: 0 } as const;

/** Response headers. */
export const headers = {
  "X-Request-Id": {
    description: "Id of the request's trace, by which an operator finds it in the logs",
    schema: { type: "string", pattern: "^[0-9a-f]{32}$" },
    example: "4bf92f3577b34da6a3ce929d0e0e4736",
  },
  "Retry-After": {
    description: "Seconds after which the same request may succeed",
    schema: whole,
    example: 2,
  },
  RateLimit: {
    description:
      "What is left of each quota (`r`), and in how many seconds it is whole again (`t`); none where there is no limit",
    schema: string,
    example: '"submits";r=59;t=30',
  },
  "RateLimit-Policy": {
    description: "Each quota (`q`) and its window in seconds (`w`)",
    schema: string,
    example: '"submits";q=60;w=60',
  },
  "Idempotency-Replayed": {
    description: "`true` where this is the answer to an earlier request with the same key",
    schema: { type: "string", pattern: "^true$" },
  },
  "WWW-Authenticate": { description: "`Bearer`", schema: string, example: "Bearer" },
  ETag: { description: "Names these bytes", schema: string, example: '"5d41402abc4b"' },
  Location: {
    description: "Where to go next",
    schema: { type: "string", format: "uri-reference" },
  },
} as const;
export type ResponseHeader = keyof typeof headers;

/** Of an operation that counts against a quota. */
export const quotaHeaderNames = ["RateLimit", "RateLimit-Policy"] as const;

/** What a response of this status has, whichever operation it is of. */
export function headersOfStatus(status: number): ResponseHeader[] {
  const more: Record<number, readonly ResponseHeader[]> = {
    302: ["Location"],
    304: ["ETag"],
    401: ["WWW-Authenticate"],
    429: ["Retry-After", ...quotaHeaderNames],
    503: ["Retry-After"],
    504: ["Retry-After"],
  };
  return ["X-Request-Id", ...(more[status] ?? [])];
}

export const tags = [
  { name: "images", description: "Photos: ask for a place, upload, confirm" },
  { name: "scan", description: "A photo in, an answer out; a user's history" },
  { name: "events", description: "Server-sent events of a scan or an answer while it is made" },
  { name: "chat", description: "Conversations about waste" },
  { name: "users", description: "The caller's account and collection" },
  { name: "character", description: "The catalogue of characters" },
  { name: "auth", description: "Sign-in and sessions" },
  { name: "locations", description: "Places that take things" },
  { name: "ops", description: "The running system, for administrators" },
  {
    name: "webhooks",
    description: "Servers of the caller's own that are told of the ends of scans",
  },
] as const;
