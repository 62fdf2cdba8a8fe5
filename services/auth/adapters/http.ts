import { type Context, Hono } from "hono";
import { setCookie } from "hono/cookie";
import * as v from "valibot";
import { Fault } from "#lib/error/fault.ts";
import type { FaultCode } from "#lib/error/fault-table.ts";
import type { App, AppEnv } from "#lib/http/create-app.ts";
import { describe } from "#lib/http/openapi.ts";
import { problem } from "#lib/http/problem.ts";
import { validate } from "#lib/http/validate.ts";
import { readCookies } from "#lib/token/read-cookies.ts";
import { tokenCookies } from "#lib/token/token.ts";
import { attemptTtlS } from "../attempt.ts";
import { type BeginDeps, beginSignIn } from "../begin-sign-in.ts";
import { type EndDeps, endSession } from "../end-session.ts";
import { type FinishDeps, finishSignIn } from "../finish-sign-in.ts";
import { RefreshBursts } from "../refresh-burst.ts";
import { type RefreshDeps, refreshSession } from "../refresh-session.ts";
import { returnUrlCharsMax } from "../return-url.ts";
import type { TokenPair } from "../session.ts";

export type AuthRoutesDeps = BeginDeps &
  FinishDeps &
  RefreshDeps &
  EndDeps & {
    /** `ok`, or the code of its fault. */
    onRefreshed(outcome: "ok" | FaultCode): void;
    /** Whom a limit per address counts. */
    addressOf(env: unknown, request: Request): string;
    readonly jwks: { readonly keys: readonly object[] };
  };

const authPath = "/api/v1/auth";

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
/** Providers bring more; what of it counts is theirs to know. */
const CallbackQuery = v.object({
  state: v.optional(v.string()),
  code: v.optional(v.pipe(v.string(), v.maxLength(4_096))),
  error: v.optional(v.string()),
});

export function createAuthRoutes(deps: AuthRoutesDeps): App {
  const app = new Hono<AppEnv>();
  const param = validate("param", ProviderParam);
  const bursts = new RefreshBursts();

  app.get(
    `${authPath}/:provider/authorize`,
    describeAuthorize,
    param,
    validate("query", AuthorizeQuery),
    async (c) => {
      const { redirect, login_hint: loginHint } = c.req.valid("query");
      const { provider } = c.req.valid("param");
      const address = deps.addressOf(c.env, c.req.raw);
      const request = {
        provider,
        redirect,
        loginHint,
        browser: browserOf(c),
        address,
      };
      const { url, browser } = await beginSignIn(deps, request);
      keep(c, stateCookie, browser, authPath, attemptTtlS);
      // The provider `dev` is here: a browser at `localhost` stays there, as its cookie does.
      const isHere = url.origin === deps.origins.own;
      return redirectTo(c, isHere ? `${url.pathname}${url.search}` : url.href);
    },
  );

  app.get(
    `${authPath}/:provider/callback`,
    describeCallback,
    param,
    validate("query", CallbackQuery),
    async (c) => {
      const { provider } = c.req.valid("param");
      const answer = new URL(c.req.url).searchParams;
      const address = deps.addressOf(c.env, c.req.raw);
      const request = { provider, answer, browser: browserOf(c), address };
      const { redirect, tokens } = await finishSignIn(deps, request);
      if (tokens) keepTokens(c, tokens, deps.clock.now());
      return redirectTo(c, redirect);
    },
  );

  app.post(`${authPath}/refresh`, describeRefresh, async (c) => {
    const [token, planted] = readCookies(c.req.raw.headers, [tokenCookies.refresh]);
    if (planted !== undefined) throw new Fault("TOKEN_INVALID");
    // Before anything is waited for: it decides between two tabs and a thief.
    const burst = bursts.join(token ?? "", deps.clock.now());
    try {
      const tokens = await refreshSession(deps, token, burst.since);
      deps.onRefreshed("ok");
      keepTokens(c, tokens, deps.clock.now());
      return c.json({ expires_in: secondsTo(tokens.access.expiresAt, deps.clock.now()) });
    } catch (error) {
      const fault = Fault.from(error);
      deps.onRefreshed(fault.code);
      if (ENDED.includes(fault.code)) return refuseForGood(c, fault);
      throw fault;
    } finally {
      burst.leave();
    }
  });

  app.post(`${authPath}/logout`, describeLogout, async (c) => {
    const { headers } = c.req.raw;
    const access = [...bearer(c), ...readCookies(headers, [tokenCookies.access])];
    await endSession(deps, { refresh: readCookies(headers, [tokenCookies.refresh]), access });
    dropTokens(c);
    return c.body(null, 204);
  });

  app.get(`${authPath}/.well-known/jwks.json`, describeKeys, (c) =>
    c.json(deps.jwks, 200, { "cache-control": "public, max-age=300" }),
  );
  return app;
}

/** Binds a sign-in to the browser that began it: nobody can be made to finish somebody else's. */
const stateCookie = "s_state";

/** Undefined also for two, of which one is of somebody who wants their sign-in finished here. */
function browserOf(c: Context): string | undefined {
  const [browser, planted] = readCookies(c.req.raw.headers, [stateCookie]);
  return planted === undefined ? browser : undefined;
}

/** Where a token goes: the refresh token to us alone. */
const tokenPaths = { access: "/", refresh: authPath } as const;

/** Nothing the browser has is good for anything any more. */
const ENDED: readonly FaultCode[] = ["REFRESH_TOKEN_REUSED", "TOKEN_REVOKED"];

function keep(c: Context, name: string, value: string, path: string, maxAge: number): void {
  c.header("cache-control", "no-store");
  setCookie(c, name, value, { path, maxAge, httpOnly: true, secure: true, sameSite: "Lax" });
}

function keepTokens(c: Context, tokens: TokenPair, now: number): void {
  for (const kind of ["access", "refresh"] as const) {
    const { token, expiresAt } = tokens[kind];
    keep(c, tokenCookies[kind], token, tokenPaths[kind], secondsTo(expiresAt, now));
  }
}

function dropTokens(c: Context): void {
  for (const kind of ["access", "refresh"] as const) {
    keep(c, tokenCookies[kind], "", tokenPaths[kind], 0);
  }
}

function secondsTo(time: Date, now: number): number {
  return Math.max(0, Math.floor((time.getTime() - now) / 1_000));
}

function redirectTo(c: Context, location: string): Response {
  c.header("cache-control", "no-store");
  return c.redirect(location, 302);
}

/** Thrown, it would lose the cookies. */
function refuseForGood(c: Context, fault: Fault): Response {
  dropTokens(c);
  const refused = problem(fault);
  return c.newResponse(refused.body, refused);
}

function bearer(c: Context): string[] {
  return /^Bearer +([\w.-]+)$/i.exec(c.req.header("authorization") ?? "")?.slice(1) ?? [];
}

const describeAuthorize = describe({
  tag: "auth",
  summary: "Begin a sign-in: `google`, `kakao`, `naver`, or `dev` where AUTH_MODE=dev",
  answers: { 302: { description: "To the provider; `redirect` is where it ends" } },
  faults: [
    "PROVIDER_UNKNOWN",
    "REDIRECT_NOT_ALLOWED",
    "VALIDATION_FAILED",
    "TOO_MANY_SIGN_INS",
    "PROVIDER_UNAVAILABLE",
    "UNAVAILABLE",
  ],
  isPublic: true,
});

const describeCallback = describe({
  tag: "auth",
  summary: "Finish a sign-in; providers send browsers here",
  answers: {
    302: { description: "Back to `redirect`: signed in by cookies, or with `?error=<code>`" },
  },
  faults: [
    "PROVIDER_UNKNOWN",
    "SIGN_IN_STATE_INVALID",
    "SIGN_IN_BROWSER_CHANGED",
    "REDIRECT_NOT_ALLOWED",
    "VALIDATION_FAILED",
    "TOO_MANY_SIGN_INS",
    "UNAVAILABLE",
  ],
  isPublic: true,
});

const describeRefresh = describe({
  tag: "auth",
  summary: "Swap the refresh token, a cookie, for a new pair",
  answers: {
    200: {
      description: "Signed in anew by cookies, for so many seconds",
      schema: v.object({ expires_in: v.number() }),
    },
  },
  faults: [
    "UNAUTHENTICATED",
    "TOKEN_INVALID",
    "TOKEN_EXPIRED",
    "TOKEN_ALGORITHM_REFUSED",
    "TOKEN_KEY_UNKNOWN",
    "TOKEN_ISSUER_WRONG",
    "TOKEN_AUDIENCE_WRONG",
    "TOKEN_REVOKED",
    "REFRESH_TOKEN_REUSED",
    "REFRESH_SUPERSEDED",
    "RATE_LIMITED",
    "CSRF_REFUSED",
    "UNAVAILABLE",
  ],
  isPublic: true,
});

const describeLogout = describe({
  tag: "auth",
  summary: "End the session of every token that is shown; may be repeated",
  answers: { 204: { description: "Signed out, if anybody was" } },
  faults: ["CSRF_REFUSED", "UNAVAILABLE"],
  isPublic: true,
});

const describeKeys = describe({
  tag: "auth",
  summary: "The public keys tokens are signed with (RFC 7517)",
  answers: {
    200: {
      description: "JSON Web Key Set",
      schema: v.object({ keys: v.array(v.looseObject({})) }),
    },
  },
  faults: [],
  isPublic: true,
});
