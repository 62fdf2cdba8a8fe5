import { type Context, Hono } from "hono";
import { setCookie } from "hono/cookie";
import * as v from "valibot";
import { named } from "#lib/contract/named.ts";
import { Fault } from "#lib/error/fault.ts";
import type { FaultCode } from "#lib/error/fault-table.ts";
import type { App, AppEnv, ServerBindings } from "#lib/http/create-app.ts";
import { faultPage } from "#lib/http/fault-page.ts";
import { describe } from "#lib/http/openapi.ts";
import { problem } from "#lib/http/problem.ts";
import { validate } from "#lib/http/validate.ts";
import { readCookies } from "#lib/token/read-cookies.ts";
import { tokenCookies } from "#lib/token/token.ts";
import { type BeginDeps, beginSignIn } from "../begin-sign-in.ts";
import { type EndDeps, endSession } from "../end-session.ts";
import { type FinishDeps, finishSignIn } from "../finish-sign-in.ts";
import { type RefreshDeps, refreshSession } from "../refresh-session.ts";
import { returnUrlCharsMax } from "../return-url.ts";
import type { TokenPair } from "../session.ts";
import { signInAttemptTtlS } from "../sign-in-attempt.ts";

/**
 * The ports of the four use cases; each group (`attempts`, `sessions`, …) comes from one adapter.
 */
export type AuthRoutesDeps = BeginDeps & FinishDeps & RefreshDeps & EndDeps & HttpDeps;

interface HttpDeps {
  /** The address that a limit per address counts. */
  addressOf(env: ServerBindings, request: Request): string;
  /** `ok`, or the code of the fault. */
  onRefreshed(outcome: "ok" | FaultCode): void;
  readonly jwks: { readonly keys: readonly object[] };
  /** Whether cookies are sent over https alone. */
  readonly secureCookies: boolean;
}

/** The sign-in and session API, one function an endpoint. */
export function createAuthRoutes(deps: AuthRoutesDeps): App {
  const app = new Hono<AppEnv>();
  addProviders(app, deps);
  addAuthorize(app, deps);
  addCallback(app, deps);
  addRefresh(app, deps);
  addLogout(app, deps);
  addKeys(app, deps);
  return app;
}

const authPath = "/api/v1/auth";

const Providers = named("Providers", v.object({ providers: v.array(v.string()) }), {
  providers: ["google", "kakao"],
});

function addProviders(app: App, { providers }: AuthRoutesDeps): void {
  app.get(
    `${authPath}/providers`,
    describe({
      id: "listProviders",
      tag: "auth",
      summary: "Who one can sign in with here; no login needed",
      responses: { 200: { description: "Names for `{provider}`", schema: Providers } },
      faults: [],
    }),
    (c) => c.json({ providers: [...providers.keys()] }),
  );
}

const ProviderParam = v.object({
  provider: v.pipe(v.string(), v.maxLength(20, "PROVIDER_UNKNOWN")),
});

const AuthorizeQuery = v.object({
  redirect: v.optional(
    v.pipe(
      v.string("REDIRECT_NOT_ALLOWED"),
      v.maxLength(returnUrlCharsMax, "REDIRECT_NOT_ALLOWED"),
    ),
  ),
  /** An e-mail address at most (RFC 5321). */
  login_hint: v.optional(v.pipe(v.string(), v.maxLength(254))),
});

function addAuthorize(app: App, deps: AuthRoutesDeps): void {
  app.get(
    `${authPath}/:provider/authorize`,
    describe({
      id: "beginSignIn",
      tag: "auth",
      summary: "Begin a sign-in: `google`, `kakao`, `naver`, or `dev` where AUTH_MODE=dev",
      responses: { 302: { description: "To the provider; `redirect` is where it ends" } },
      faults: [
        "PROVIDER_UNKNOWN",
        "REDIRECT_NOT_ALLOWED",
        "VALIDATION_FAILED",
        "TOO_MANY_SIGN_INS",
        "PROVIDER_UNAVAILABLE",
        "UNAVAILABLE",
      ],
    }),
    faultPage(signInFailed, startLink(deps)),
    validate("param", ProviderParam),
    validate("query", AuthorizeQuery),
    async (c) => {
      const { redirect, login_hint: loginHint } = c.req.valid("query");
      const { provider } = c.req.valid("param");
      const address = deps.addressOf(c.env, c.req.raw);
      const request = { provider, redirect, loginHint, browser: browserOf(c), address };
      const { url, browser } = await beginSignIn(deps, request);
      setOurCookie(c, deps, stateCookie, browser, { path: authPath, maxAge: signInAttemptTtlS });
      // The provider `dev` is this server: a relative URL keeps the browser on its host, with its
      // cookie.
      const isOwnOrigin = url.origin === deps.origins.own;
      return redirectTo(c, isOwnOrigin ? `${url.pathname}${url.search}` : url.href);
    },
  );
}

const signInFailed = "로그인하지 못했어요";

/**
 * Where a person may start over when a sign-in has no page to return to: at the first web app that
 * uses the API, or with another try.
 */
function startLink({ origins, providers }: AuthRoutesDeps): (c: Context) => string {
  return (c) => {
    const name = c.req.param("provider") ?? "";
    const app = origins.others.find((one) => one.startsWith("http"));
    return app ?? (providers.has(name) ? `${authPath}/${name}/authorize` : "/");
  };
}

/** Providers send more parameters; their adapters read those they need. */
const CallbackQuery = v.object({
  state: v.optional(v.string()),
  code: v.optional(v.pipe(v.string(), v.maxLength(4_096))),
  error: v.optional(v.string()),
});

function addCallback(app: App, deps: AuthRoutesDeps): void {
  app.get(
    `${authPath}/:provider/callback`,
    describe({
      id: "finishSignIn",
      tag: "auth",
      summary: "Finish a sign-in; providers send browsers here",
      responses: {
        302: {
          description:
            "Back to `redirect`: signed in by cookies, or with `?error=<code>`. Whatever has no " +
            "`redirect` is a small page for a client that accepts HTML",
        },
      },
      faults: [
        "PROVIDER_UNKNOWN",
        "SIGN_IN_STATE_INVALID",
        "REDIRECT_NOT_ALLOWED",
        "VALIDATION_FAILED",
        "TOO_MANY_SIGN_INS",
        "UNAVAILABLE",
      ],
    }),
    faultPage(signInFailed, startLink(deps)),
    validate("param", ProviderParam),
    validate("query", CallbackQuery),
    async (c) => {
      const { provider } = c.req.valid("param");
      const callbackParams = new URL(c.req.url).searchParams;
      const address = deps.addressOf(c.env, c.req.raw);
      const request = { provider, callbackParams, browser: browserOf(c), address };
      const { redirect, tokens } = await finishSignIn(deps, request);
      if (tokens) setTokens(c, deps, tokens);
      return redirectTo(c, redirect);
    },
  );
}

/** Seconds for which the new access token is good. */
const Refreshed = named("Refreshed", v.object({ expires_in: v.number() }), { expires_in: 10_800 });

function addRefresh(app: App, deps: AuthRoutesDeps): void {
  app.post(
    `${authPath}/refresh`,
    describe({
      id: "refreshSession",
      tag: "auth",
      summary:
        "Swap the refresh token, a cookie, for a new pair; repeated within 30 s it is the same pair",
      responses: {
        200: {
          description: "Signed in anew by cookies, for so many seconds",
          schema: Refreshed,
        },
      },
      faults: [
        "UNAUTHENTICATED",
        "REFRESH_TOKEN_REUSED",
        "RATE_LIMITED",
        "CSRF_REFUSED",
        "UNAVAILABLE",
      ],
    }),
    async (c) => {
      const [token, duplicate] = readCookies(c.req.raw.headers, [tokenCookies.refresh]);
      if (duplicate !== undefined) throw new Fault("TOKEN_INVALID");
      try {
        const tokens = await refreshSession(deps, token);
        deps.onRefreshed("ok");
        setTokens(c, deps, tokens);
        return c.json({ expires_in: secondsTo(tokens.access.expiresAt, deps.clock.now()) });
      } catch (error) {
        const fault = Fault.from(error);
        deps.onRefreshed(fault.code);
        if (SESSION_OVER.includes(fault.code)) return refuseAndDeleteTokens(c, deps, fault);
        throw fault;
      }
    },
  );
}

/** No token of the session is valid any more, so the browser's cookies go as well. */
const SESSION_OVER: readonly FaultCode[] = ["REFRESH_TOKEN_REUSED", "TOKEN_REVOKED"];

function addLogout(app: App, deps: AuthRoutesDeps): void {
  app.post(
    `${authPath}/logout`,
    describe({
      id: "signOut",
      tag: "auth",
      summary: "End the session of every token that is shown; may be repeated",
      responses: { 204: { description: "Signed out, if anybody was" } },
      faults: ["CSRF_REFUSED", "UNAVAILABLE"],
    }),
    async (c) => {
      const { headers } = c.req.raw;
      const access = [...bearer(c), ...readCookies(headers, [tokenCookies.access])];
      await endSession(deps, { refresh: readCookies(headers, [tokenCookies.refresh]), access });
      deleteTokens(c, deps);
      return c.body(null, 204);
    },
  );
}

const KeySet = named(
  "KeySet",
  v.object({
    keys: v.array(
      v.object({
        kty: v.literal("RSA"),
        kid: v.string(),
        alg: v.literal("RS256"),
        use: v.literal("sig"),
        n: v.string(),
        e: v.string(),
      }),
    ),
  }),
);

function addKeys(app: App, deps: AuthRoutesDeps): void {
  app.get(
    `${authPath}/.well-known/jwks.json`,
    describe({
      id: "readKeys",
      tag: "auth",
      summary: "The public keys tokens are signed with (RFC 7517)",
      responses: {
        200: {
          description: "JSON Web Key Set",
          schema: KeySet,
        },
      },
      faults: [],
    }),
    (c) => c.json(deps.jwks, 200, { "cache-control": "public, max-age=300" }),
  );
}

/**
 * Binds a sign-in to the browser that began it: no browser can finish another one's (login CSRF).
 */
const stateCookie = "s_state";

/** Undefined if the cookie occurs twice: one was injected. */
function browserOf(c: Context): string | undefined {
  const [browser, duplicate] = readCookies(c.req.raw.headers, [stateCookie]);
  return duplicate === undefined ? browser : undefined;
}

/** The refresh token is sent to this service alone. */
const tokenPaths = { access: "/", refresh: authPath } as const;

function setTokens(c: Context, deps: AuthRoutesDeps, tokens: TokenPair): void {
  for (const kind of ["access", "refresh"] as const) {
    const { token, expiresAt } = tokens[kind];
    const maxAge = secondsTo(expiresAt, deps.clock.now());
    setOurCookie(c, deps, tokenCookies[kind], token, { path: tokenPaths[kind], maxAge });
  }
}

function deleteTokens(c: Context, deps: AuthRoutesDeps): void {
  for (const kind of ["access", "refresh"] as const) {
    setOurCookie(c, deps, tokenCookies[kind], "", { path: tokenPaths[kind], maxAge: 0 });
  }
}

function setOurCookie(
  c: Context,
  { secureCookies: secure }: HttpDeps,
  name: string,
  value: string,
  options: { readonly path: string; readonly maxAge: number },
): void {
  c.header("cache-control", "no-store");
  setCookie(c, name, value, { ...options, httpOnly: true, secure, sameSite: "Lax" });
}

function secondsTo(time: Date, now: number): number {
  return Math.max(0, Math.floor((time.getTime() - now) / 1_000));
}

function redirectTo(c: Context, location: string): Response {
  c.header("cache-control", "no-store");
  return c.redirect(location, 302);
}

/** Returned, not thrown: the error handler's response would lose the cookies. */
function refuseAndDeleteTokens(c: Context, deps: AuthRoutesDeps, fault: Fault): Response {
  deleteTokens(c, deps);
  const refused = problem(fault, c.get("traceId"));
  return c.newResponse(refused.body, refused);
}

function bearer(c: Context): string[] {
  return /^Bearer +([\w.-]+)$/i.exec(c.req.header("authorization") ?? "")?.slice(1) ?? [];
}
