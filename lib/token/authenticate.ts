import { USER_ID } from "#lib/contract/user-id.ts";
import { Fault } from "#lib/error/fault.ts";
import { readCookies } from "./read-cookies.ts";
import { tokenCookies } from "./token.ts";
import type { Verify } from "./verifier.ts";

/** Whoever is behind a request. */
export interface Caller {
  readonly userId: string;
  readonly provider: string;
}

/**
 * The decision about one request, the same at every extAuthz. `path` is without the query.
 *
 * @returns undefined where nobody in particular may: whoever the client says it is must not be believed.
 * @throws Fault and nothing else: 401, 403 `CSRF_REFUSED`, or 503 when it cannot be told.
 */
export type Authenticate = (request: RequestHead) => Promise<Caller | undefined>;

export interface RequestHead {
  readonly method: string;
  readonly path: string;
  readonly headers: Pick<Headers, "get" | "has">;
}

export interface AuthenticatorOptions {
  readonly verify: Verify;
  /** `dev` also takes `X-User-ID` as given, of a request that shows no token. */
  readonly mode: "dev" | "oauth";
  /** Of web pages that may write with a user's cookies: ours and `CORS_ORIGINS`. */
  readonly allowedOrigins: readonly string[];
  isPublic(method: string, path: string): boolean;
}

export function createAuthenticator(options: AuthenticatorOptions): Authenticate {
  const origins = new Set(options.allowedOrigins);
  return async function authenticate(request) {
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
export function isPreflight({ method, headers }: Pick<RequestHead, "method" | "headers">): boolean {
  return method === "OPTIONS" && headers.has("access-control-request-method");
}

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Whether a write may be another page's doing: it comes with cookies, which browsers add by themselves, as
 * they do `Authorization: Basic` and `Negotiate`, but no `Bearer`. Whoever is no browser sends neither of
 * the two that tell.
 */
function isForged({ method, headers }: RequestHead, origins: ReadonlySet<string>): boolean {
  if (SAFE_METHODS.has(method) || BEARER.test(headers.get("authorization") ?? "")) return false;
  if (readCookies(headers, Object.values(tokenCookies)).length === 0) return false;
  const site = headers.get("sec-fetch-site");
  if (site === "same-origin" || site === "none") return false;
  const origin = headers.get("origin");
  if (origin === null) return site !== null;
  return !origins.has(origin);
}

async function identify(
  headers: RequestHead["headers"],
  { verify, mode }: AuthenticatorOptions,
): Promise<Caller> {
  const token = readToken(headers);
  if (token !== undefined) {
    const { sub, provider } = await verify(token);
    // Somebody said who they were when this was AUTH_MODE=dev, and nobody asked whether it is so.
    if (provider === devProvider && mode !== "dev") throw new Fault("TOKEN_INVALID");
    return { userId: sub, provider };
  }
  const userId = mode === "dev" ? headers.get("x-user-id") : null;
  if (userId === null || !USER_ID.test(userId)) throw new Fault("UNAUTHENTICATED");
  return { userId, provider: devProvider };
}

const devProvider = "dev";

const BEARER = /^Bearer +(\S+)$/i;

/**
 * The header wins, and one that is no good is not made up for by a cookie: who said who they are is not
 * silently somebody else.
 */
function readToken(headers: RequestHead["headers"]): string | undefined {
  const authorization = headers.get("authorization");
  if (authorization !== null) {
    const [, token] = BEARER.exec(authorization) ?? [];
    if (token === undefined) throw new Fault("TOKEN_INVALID");
    return token;
  }
  const [first, second] = readCookies(headers, [tokenCookies.access]);
  // One of them was planted.
  if (second !== undefined) throw new Fault("TOKEN_INVALID");
  return first;
}
