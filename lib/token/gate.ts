import { USER_ID } from "#lib/contract/user-id.ts";
import { Fault } from "#lib/error/fault.ts";
import { tokenCookies } from "./token.ts";
import type { Verify } from "./verifier.ts";

/** Whoever is behind a request. */
export interface Caller {
  readonly userId: string;
  readonly provider: string;
}

/**
 * The decision about one request, the same at every door. `path` is without the query.
 *
 * @returns undefined where nobody in particular may: whoever the client says it is must not be believed.
 * @throws Fault and nothing else: 401, 403 `CSRF_REFUSED`, or 503 when it cannot be told.
 */
export type Gate = (request: GateRequest) => Promise<Caller | undefined>;

export interface GateRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Pick<Headers, "get" | "has">;
}

export interface GateOptions {
  readonly verify: Verify;
  /** `dev` also takes `X-User-ID` as given, of a request that shows no token. */
  readonly mode: "dev" | "oauth";
  /** Of web pages that may write with a user's cookies: ours and `CORS_ORIGINS`. */
  readonly allowedOrigins: readonly string[];
  isPublic(method: string, path: string): boolean;
}

export function createGate(options: GateOptions): Gate {
  const origins = new Set(options.allowedOrigins);
  return async function gate(request) {
    try {
      if (isPreflight(request)) return undefined;
      // Also before public operations: a logout, too, is not for other pages to ask for.
      if (isForged(request, origins)) throw new Fault("CSRF_REFUSED");
      if (options.isPublic(request.method, request.path)) return undefined;
      return await identify(request.headers, options);
    } catch (error) {
      throw error instanceof Fault ? error : new Fault("UNAVAILABLE", { cause: error });
    }
  };
}

/** It asks a server what may be asked, and carries nobody's credentials. */
export function isPreflight({ method, headers }: Pick<GateRequest, "method" | "headers">): boolean {
  return method === "OPTIONS" && headers.has("access-control-request-method");
}

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Whether a write may be another page's doing: it comes with cookies, which browsers add by themselves. A
 * header `Authorization` they do not add, and whoever is no browser sends neither of the two that tell.
 */
function isForged({ method, headers }: GateRequest, origins: ReadonlySet<string>): boolean {
  if (SAFE_METHODS.has(method) || headers.has("authorization") || !hasOurCookie(headers)) {
    return false;
  }
  const site = headers.get("sec-fetch-site");
  if (site === "same-origin" || site === "none") return false;
  const origin = headers.get("origin");
  if (origin === null) return site !== null;
  return !origins.has(origin);
}

async function identify(
  headers: GateRequest["headers"],
  { verify, mode }: GateOptions,
): Promise<Caller> {
  const token = readToken(headers);
  if (token !== undefined) {
    const { sub, provider } = await verify(token);
    return { userId: sub, provider };
  }
  const userId = mode === "dev" ? headers.get("x-user-id") : null;
  if (userId === null || !USER_ID.test(userId)) throw new Fault("UNAUTHENTICATED");
  return { userId, provider: "dev" };
}

const BEARER = /^Bearer +(\S+)$/i;

/**
 * The header wins, and one that is no good is not made up for by a cookie: who said who they are is not
 * silently somebody else.
 *
 * Two cookies of the name are refused. Ours is one; another was set by a neighbour of our domain, comes
 * first if its path is longer, and would have the user act in somebody else's account.
 */
function readToken(headers: GateRequest["headers"]): string | undefined {
  const authorization = headers.get("authorization");
  if (authorization !== null) {
    const [, token] = BEARER.exec(authorization) ?? [];
    if (token === undefined) throw new Fault("TOKEN_INVALID");
    return token;
  }
  const [first, second] = cookiesOf(headers, [tokenCookies.access]);
  if (second !== undefined) throw new Fault("TOKEN_INVALID");
  return first;
}

function hasOurCookie(headers: GateRequest["headers"]): boolean {
  return cookiesOf(headers, Object.values(tokenCookies)).length > 0;
}

/** Values of the cookies with these names, in the order in which they were sent. */
function cookiesOf(headers: GateRequest["headers"], names: readonly string[]): string[] {
  const cookies = headers.get("cookie");
  if (cookies === null) return [];
  return cookies.split(";").flatMap((cookie) => {
    const at = cookie.indexOf("=");
    return names.includes(cookie.slice(0, at).trim()) ? [cookie.slice(at + 1).trim()] : [];
  });
}
