import { USER_ID } from "#lib/contract/user-id.ts";
import { Fault } from "#lib/error/fault.ts";
import { readCookies } from "./read-cookies.ts";
import { tokenCookies } from "./token.ts";
import type { Verify } from "./verifier.ts";

/** Every header that the decision reads: a proxy that leaves one out has not asked about the request. */
export const authenticationHeaders = [
  "authorization",
  "cookie",
  "origin",
  "sec-fetch-site",
  "access-control-request-method",
] as const;

/** One more, with `AUTH_MODE=dev`. */
export const devUserHeader = "x-user-id";

/** The user a request is authenticated as. */
export interface Caller {
  readonly userId: string;
  readonly provider: string;
  /** `sid` of the token; undefined for `X-User-ID` alone. */
  readonly sessionId?: string | undefined;
}

/**
 * Authenticates one request; the same decision in edge and in the gatekeeper.
 *
 * @returns undefined for an anonymous request, as on a public operation; the client's own
 * `X-User-ID` must then not be believed.
 * @throws Fault and nothing else: 401, 403 `CSRF_REFUSED`, or 503 while tokens cannot be verified.
 */
export type Authenticate = (request: RequestHead) => Promise<Caller | undefined>;

export interface RequestHead {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly headers: Pick<Headers, "get" | "has">;
}

export interface AuthenticatorOptions {
  readonly verify: Verify;
  /** `dev` also accepts `X-User-ID` from a request without a token. */
  readonly mode: "dev" | "oauth";
  /** Origins of web pages that may write with a user's cookies: ours and `CORS_ORIGINS`. */
  readonly allowedOrigins: readonly string[];
  isPublic(method: string, path: string): boolean;
}

export function createAuthenticator(options: AuthenticatorOptions): Authenticate {
  const origins = new Set(options.allowedOrigins);
  return async function authenticate(request) {
    try {
      if (isPreflight(request)) return undefined;
      // Before public operations, because logout is one of them and needs the CSRF check.
      if (isForged(request, origins)) throw new Fault("CSRF_REFUSED");
      if (options.isPublic(request.method, request.path)) return undefined;
      return await identify(request.headers, options);
    } catch (error) {
      throw error instanceof Fault ? error : new Fault("UNAVAILABLE", { cause: error });
    }
  };
}

/** A CORS preflight: the browser sends it without credentials. */
export function isPreflight({ method, headers }: Pick<RequestHead, "method" | "headers">): boolean {
  return method === "OPTIONS" && headers.has("access-control-request-method");
}

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * CSRF check: whether a write with cookies may come from another site's page. Browsers add cookies
 * by themselves, as they do `Authorization: Basic` and `Negotiate`, but never `Bearer`. Clients
 * other than browsers send neither `Sec-Fetch-Site` nor `Origin`, and pass.
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
    const { sub, provider, sid } = await verify(token);
    // Issued under AUTH_MODE=dev, where no provider had checked the identity.
    if (provider === devProvider && mode !== "dev") throw new Fault("TOKEN_INVALID");
    return { userId: sub, provider, sessionId: sid };
  }
  const userId = mode === "dev" ? headers.get(devUserHeader) : null;
  if (userId === null || !USER_ID.test(userId)) throw new Fault("UNAUTHENTICATED");
  return { userId, provider: devProvider };
}

export const devProvider = "dev";

const BEARER = /^Bearer +(\S+)$/i;

/**
 * The `Authorization` header takes precedence, and a cookie never replaces an invalid header: the
 * request would silently run as another user.
 */
function readToken(headers: RequestHead["headers"]): string | undefined {
  const authorization = headers.get("authorization");
  if (authorization !== null) {
    const [, token] = BEARER.exec(authorization) ?? [];
    if (token === undefined) throw new Fault("TOKEN_INVALID");
    return token;
  }
  const [first, duplicate] = readCookies(headers, [tokenCookies.access]);
  // One of the two was injected.
  if (duplicate !== undefined) throw new Fault("TOKEN_INVALID");
  return first;
}
