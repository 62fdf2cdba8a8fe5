import { expect } from "bun:test";
import type { FaultCode } from "#lib/error/fault-table.ts";
import { createApp } from "#lib/http/create-app.ts";
import { createLogger } from "#lib/log/logger.ts";
import { type Browser, openBrowser } from "#lib/testing/browser.ts";
import { openKeySet } from "#lib/token/key-set.ts";
import type { AuthorizationRequest, Identity, Provider } from "../provider.ts";
import { RefreshRateLimit } from "../refresh-rate-limit.ts";
import type { Session } from "../session.ts";
import type { SignInAttempt } from "../sign-in-attempt.ts";
import { secrets } from "./crypto.ts";
import { type AuthRoutesDeps, createAuthRoutes } from "./http.ts";
import { createTokens } from "./tokens.ts";

export const keys = await openKeySet(undefined);
export const own = "https://eco2.example";
/** Where a web page may call from. */
export const app = "https://app.example.com";
export const startedAt = Date.parse("2026-05-05T05:05:05.500Z");

/** The routes over memory, for their tests, and what happened. */
export function createAuthFixture(overrides: Overrides = {}, { secureCookies = true } = {}) {
  const attempts = new Map<string, SignInAttempt>();
  const sessions = new Map<string, Session>();
  const provider = new FakeProvider();
  const [failed, revoked, reused]: [FaultCode[], string[], string[]] = [[], [], []];
  const [signedIn, refreshed]: [string[], string[]] = [[], []];
  const clock = { now: () => startedAt };
  const deps: AuthRoutesDeps = {
    clock,
    refreshing: new Map(),
    refreshLimit: new RefreshRateLimit(),
    providers: new Map<string, Provider>([
      ["fake", provider],
      ["other", new FakeProvider()],
    ]),
    origins: { own, others: [app] },
    jwks: keys.jwks,
    secureCookies,
    revocations: { add: ({ key }) => void revoked.push(key) },
    addressOf: () => "192.0.2.1",
    onSignedIn: (name) => void signedIn.push(name),
    onRefreshed: (outcome) => void refreshed.push(outcome),
    onSignInFailed: (_, fault) => void failed.push(fault.code),
    onReuse: ({ sid }) => void reused.push(sid),
    secrets,
    attempts: {
      keep: async (state, attempt) => void attempts.set(state, attempt),
      take: async (state) => {
        const attempt = attempts.get(state);
        attempts.delete(state);
        return attempt;
      },
      ...overrides.attempts,
    },
    limits: {
      admitBegin: async () => undefined,
      admitFinish: async () => undefined,
      admitUser: async () => undefined,
      ...overrides.limits,
    },
    accounts: {
      userOf: async (name, { id }: Identity) => `${name}-${id}`,
      ...overrides.accounts,
    },
    sessions: {
      open: async (session) => void sessions.set(session.id, session),
      rotate: async () => ({ kind: "rotated" }),
      remove: async (sid) =>
        sessions.delete(sid) ? { key: `sid:${sid}`, expires_at: startedAt } : undefined,
      ...overrides.sessions,
    },
    tokens: createTokens(keys, clock),
  };
  const { fetch } = createApp(
    createLogger("test", "error", () => undefined),
    [createAuthRoutes(deps)],
  );
  return {
    attempts,
    sessions,
    provider,
    failed,
    signedIn,
    refreshed,
    revoked,
    reused,
    open: () => openBrowser(fetch, own),
  };
}

/** Overrides of single members of the groups. */
type Overrides = {
  readonly [Group in "attempts" | "limits" | "accounts" | "sessions"]?: Partial<
    AuthRoutesDeps[Group]
  >;
};

/** A fake provider: the code is the identity. It records the requests of `identify`. */
class FakeProvider implements Provider {
  readonly requests: unknown[] = [];
  fails: unknown;

  async authorizationUrl({ state, loginHint = "" }: Parameters<Provider["authorizationUrl"]>[0]) {
    return new URL(`https://provider.example/authorize?state=${state}&login_hint=${loginHint}`);
  }

  async identify(request: AuthorizationRequest, callbackParams: URLSearchParams) {
    this.requests.push(request);
    if (this.fails) throw this.fails;
    return { id: callbackParams.get("code") ?? "", email: null, nickname: null };
  }
}

export const auth = (path: string) => `/api/v1/auth/${path}`;
export const authorize = (by: Browser, query = "") =>
  by.send("GET", auth(`fake/authorize${query}`));
export const callback = (by: Browser, state: unknown, provider = "fake") =>
  by.send("GET", auth(`${provider}/callback?code=kim&state=${state}`));

export async function signIn(by: Browser, query = ""): Promise<Response> {
  return callback(by, stateOf(await authorize(by, query)));
}

export const locationOf = (response: Response) => response.headers.get("location") ?? "";
export const stateOf = (response: Response) =>
  new URL(locationOf(response)).searchParams.get("state");

export async function problemOf(response: Response): Promise<[number, string]> {
  expect(response.headers.get("content-type")).toContain("application/problem+json");
  return [response.status, (await response.json()).code];
}
