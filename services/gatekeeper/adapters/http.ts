import { Fault } from "#lib/error/fault.ts";
import { corsHeaders } from "#lib/http/allow-origins.ts";
import { callerHeaders } from "#lib/http/gatekeeper.ts";
import { problem } from "#lib/http/problem.ts";
import type { Authenticate, Caller } from "#lib/token/authenticate.ts";
import { proofHeader } from "#lib/token/internal-proof.ts";
import { newTraceparent, readTraceparent, traceId } from "#lib/trace/trace-context.ts";

export interface ExtAuthzDeps {
  readonly authenticate: Authenticate;
  /** Proves the caller to services that run alone; left out where none does. */
  readonly prove?: ((caller: Caller) => string) | undefined;
  /** Origins of web pages that may read why they were refused. */
  readonly corsOrigins: readonly string[];
  /** Counts a check by outcome: `allowed`, `public`, or the code of the fault. */
  count(outcome: string): void;
  /** Called when a check fails by an error of our own. */
  onFailed(error: unknown): void;
}

/** Stands before the path of the request that is checked. */
export const checkPrefix = "/authz";

/** What a proxy passes on of an answer. */
export const proxiedHeaders = {
  /** Of a 200, to the service; each replaces what the client itself has sent. */
  upstream: [...Object.values(callerHeaders), proofHeader],
  /** Of a refusal, to the client. */
  downstream: [
    ...[
      "content-type",
      "cache-control",
      "www-authenticate",
      "retry-after",
      "x-auth-reason",
      "x-request-id",
      "vary",
    ],
    ...corsHeaders("").map(([name]) => name.toLowerCase()),
  ],
} as const;

/**
 * The ext-authz handler of Envoy's HTTP authorization check: `/authz` before the path of the
 * original request, with its method and headers. 200 lets the request pass; the client gets any
 * other response instead.
 *
 * A plain function, not a Hono app: routing would cost as much as the check, as the benchmark
 * shows.
 *
 * @returns undefined for a request that is no check.
 */
export function createExtAuthzHandler(
  deps: ExtAuthzDeps,
): (request: Request) => Promise<Response> | undefined {
  const corsOrigins = new Set(deps.corsOrigins);
  return function extAuthz(request) {
    const path = checkedPath(request.url);
    return path === undefined ? undefined : check(request, path, { ...deps, corsOrigins });
  };
}

type CheckDeps = Omit<ExtAuthzDeps, "corsOrigins"> & { readonly corsOrigins: ReadonlySet<string> };

async function check(
  { method, headers }: Request,
  path: string,
  { authenticate, prove, corsOrigins, count, onFailed }: CheckDeps,
): Promise<Response> {
  try {
    const caller = await authenticate({ method, path, headers });
    count(caller ? "allowed" : "public");
    if (!caller) return new Response(null, { headers: anonymousHeaders });
    const { userId, provider } = caller;
    const identity = { [callerHeaders.userId]: userId, [callerHeaders.provider]: provider };
    const proof = prove && { [proofHeader]: prove(caller) };
    return new Response(null, { headers: { ...identity, ...proof } });
  } catch (error) {
    const fault = Fault.from(error);
    count(fault.code);
    if (fault.kind.status >= 500 && fault.cause !== undefined) onFailed(fault.cause);
    return refuse(fault, headers, corsOrigins);
  }
}

/** Makes the proxy drop the identity headers a client has set itself. */
export const anonymousHeaders = {
  "x-envoy-auth-headers-to-remove": Object.values(callerHeaders).join(","),
} as const;

function refuse(fault: Fault, headers: Headers, corsOrigins: ReadonlySet<string>): Response {
  const origin = headers.get("origin");
  const response = problem(fault, traceIdOf(headers));
  response.headers.set("x-auth-reason", fault.code);
  if (corsOrigins.size > 0) response.headers.set("vary", "Origin");
  if (origin !== null && corsOrigins.has(origin)) {
    for (const [name, value] of corsHeaders(origin)) response.headers.set(name, value);
  }
  return response;
}

const schemeChars = "https://".length;

/**
 * The original request's path, without its query. Not by `URL`, which costs as much as the check.
 */
function checkedPath(url: string): string | undefined {
  const from = url.indexOf("/", schemeChars);
  if (!url.startsWith(`${checkPrefix}/`, from)) return undefined;
  const query = url.indexOf("?", from);
  return url.slice(from + checkPrefix.length, query < 0 ? url.length : query);
}

function traceIdOf(headers: Headers): string {
  return traceId(readTraceparent(headers.get("traceparent")) ?? newTraceparent());
}
