import { Fault } from "#lib/error/fault.ts";
import { corsHeaders } from "#lib/http/allow-origins.ts";
import { callerHeaders } from "#lib/http/gatekeeper.ts";
import { problem } from "#lib/http/problem.ts";
import type { Authenticate } from "#lib/token/authenticate.ts";

export interface ExtAuthzDeps {
  readonly authenticate: Authenticate;
  /** Of web pages that may read why they were refused. */
  readonly corsOrigins: readonly string[];
  /** Counts what was decided: `allowed`, `public`, or the code of the fault. */
  count(outcome: string): void;
  /** Told when a request could not be judged for a reason that is nobody's doing. */
  onFailed(error: unknown): void;
}

const prefix = "/authz";

/**
 * The handler of a proxy's HTTP authorization check (ext-authz): `/authz` before the path of the request that is asked
 * about, with its method and headers. 200 lets it pass; anything else is what its sender is answered.
 *
 * A plain function beside the router, which would cost as much as the check: see the benchmark.
 *
 * @returns undefined for what is no check.
 */
export function createExtAuthzHandler(
  deps: ExtAuthzDeps,
): (request: Request) => Promise<Response> | undefined {
  const corsOrigins = new Set(deps.corsOrigins);
  return function extAuthz(request) {
    const path = checkedPath(request.url);
    return path === undefined ? undefined : decide(request, path, { ...deps, corsOrigins });
  };
}

type Decider = Omit<ExtAuthzDeps, "corsOrigins"> & { readonly corsOrigins: ReadonlySet<string> };

async function decide(
  { method, headers }: Request,
  path: string,
  { authenticate, corsOrigins, count, onFailed }: Decider,
): Promise<Response> {
  try {
    const caller = await authenticate({ method, path, headers });
    count(caller ? "allowed" : "public");
    if (!caller) return new Response(null, { headers: anonymousHeaders });
    const { userId, provider } = caller;
    const found = { [callerHeaders.userId]: userId, [callerHeaders.provider]: provider };
    return new Response(null, { headers: found });
  } catch (error) {
    const fault = Fault.from(error);
    count(fault.code);
    if (fault.kind.status >= 500 && fault.cause !== undefined) onFailed(fault);
    return refuse(fault, headers.get("origin"), corsOrigins);
  }
}

/** A caller's own word about itself does not reach a service. */
export const anonymousHeaders = {
  "x-envoy-auth-headers-to-remove": Object.values(callerHeaders).join(","),
} as const;

function refuse(fault: Fault, origin: string | null, corsOrigins: ReadonlySet<string>): Response {
  const response = problem(fault);
  response.headers.set("x-auth-reason", fault.code);
  if (corsOrigins.size > 0) response.headers.set("vary", "Origin");
  if (origin !== null && corsOrigins.has(origin)) {
    for (const [name, value] of corsHeaders(origin)) response.headers.set(name, value);
  }
  return response;
}

const schemeChars = "https://".length;

/** The path that is asked about, without its query. Not by `URL`, which costs what the check costs. */
function checkedPath(url: string): string | undefined {
  const from = url.indexOf("/", schemeChars);
  if (!url.startsWith(`${prefix}/`, from)) return undefined;
  const query = url.indexOf("?", from);
  return url.slice(from + prefix.length, query < 0 ? url.length : query);
}
