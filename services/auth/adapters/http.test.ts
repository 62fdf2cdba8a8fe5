import { beforeEach, describe, expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import type { FaultCode } from "#lib/error/fault-table.ts";
import { createApp } from "#lib/http/create-app.ts";
import { createLogger } from "#lib/log/logger.ts";
import { type Browser, openBrowser } from "#lib/testing/browser.ts";
import { openKeySet } from "#lib/token/key-set.ts";
import { verifyToken } from "#lib/token/verify-token.ts";
import type { AuthorizationRequest, Identity, Provider } from "../provider.ts";
import { RefreshRateLimit } from "../refresh-rate-limit.ts";
import type { Session } from "../session.ts";
import type { SignInAttempt } from "../sign-in-attempt.ts";
import { secrets } from "./crypto.ts";
import { type AuthRoutesDeps, createAuthRoutes } from "./http.ts";
import { createTokens } from "./tokens.ts";

const keys = await openKeySet(undefined);
const own = "https://eco2.example";
const app = "https://app.example.com";
const startedAt = Date.parse("2026-05-05T05:05:05.500Z");

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

/** Overrides of single members of the groups. */
type Overrides = {
  readonly [Group in "attempts" | "limits" | "accounts" | "sessions"]?: Partial<
    AuthRoutesDeps[Group]
  >;
};

/** The routes over memory, and what happened. */
function given(overrides: Overrides = {}) {
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
  const log = createLogger("test", "error", () => undefined);
  const { fetch } = createApp(log, [createAuthRoutes(deps)]);
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

let service: ReturnType<typeof given>;
let browser: Browser;
beforeEach(() => {
  service = given();
  browser = service.open();
});

const auth = (path: string) => `/api/v1/auth/${path}`;
const authorize = (query = "", by = browser) => by.send("GET", auth(`fake/authorize${query}`));
const locationOf = (response: Response) => response.headers.get("location") ?? "";
const stateOf = (response: Response) => new URL(locationOf(response)).searchParams.get("state");
const callback = (state: unknown, by = browser, provider = "fake") =>
  by.send("GET", auth(`${provider}/callback?code=kim&state=${state}`));

async function signIn(by = browser, query = ""): Promise<Response> {
  return callback(stateOf(await authorize(query, by)), by);
}

async function problemOf(response: Response): Promise<[number, string]> {
  expect(response.headers.get("content-type")).toContain("application/problem+json");
  return [response.status, (await response.json()).code];
}

describe("GET /auth/{provider}/authorize", () => {
  test("sends the browser to the provider, bound by an HttpOnly cookie", async () => {
    const response = await authorize("?login_hint=kim");
    expect(response.status).toBe(302);
    expect(locationOf(response)).toMatch(
      /^https:\/\/provider\.example\/authorize\?state=[\w-]{43}&login_hint=kim$/,
    );
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^s_state=[\w-]{43}; Max-Age=600; Path=\/api\/v1\/auth; HttpOnly; Secure; SameSite=Lax$/,
      ),
    ]);
  });

  test("stores only a fingerprint of the browser, and a verifier that is in no URL", async () => {
    const response = await authorize("?redirect=/done");
    const [kept] = service.attempts.values();
    expect(kept).toMatchObject({ provider: "fake", redirect: "/done" });
    expect(kept?.codeVerifier).toMatch(/^[\w-]{43}$/);
    expect(locationOf(response)).not.toContain(kept?.codeVerifier ?? "");
    expect(JSON.stringify(kept)).not.toContain(browser.cookies.get("s_state") ?? "");
  });

  test.each(["", "short", "a".repeat(44), "a%2eb", `${"a".repeat(42)};`])(
    "binds a browser with the cookie %j anew",
    async (value) => {
      const response = await browser.send("GET", auth("fake/authorize"), {
        cookie: `s_state=${value}`,
      });
      expect(response.headers.getSetCookie().join()).toMatch(/s_state=(?!a{42})[\w-]{43};/);
    },
  );

  test.each([
    ["unknown/authorize", [404, "PROVIDER_UNKNOWN"]],
    [`${"x".repeat(300)}/authorize`, [404, "PROVIDER_UNKNOWN"]],
    ["constructor/authorize", [404, "PROVIDER_UNKNOWN"]],
    ["fake/authorize?redirect=//evil.example", [400, "REDIRECT_NOT_ALLOWED"]],
    ["fake/authorize?redirect=/%09/evil.example", [400, "REDIRECT_NOT_ALLOWED"]],
    ["fake/authorize?redirect=https:evil.example", [400, "REDIRECT_NOT_ALLOWED"]],
    ["fake/authorize?redirect=/a&redirect=/b", [400, "REDIRECT_NOT_ALLOWED"]],
    [`fake/authorize?redirect=/${"a".repeat(2_000)}`, [400, "REDIRECT_NOT_ALLOWED"]],
    [`fake/authorize?login_hint=${"a".repeat(255)}`, [400, "VALIDATION_FAILED"]],
  ] as const)("refuses %s and stores no attempt", async (path, expected) => {
    const response = await browser.send("GET", auth(path));
    expect(await problemOf(response)).toEqual([...expected]);
    expect(service.attempts.size).toBe(0);
    expect(browser.cookies.size).toBe(0);
  });

  test("of an address beyond its limit is refused with Retry-After", async () => {
    const admitBegin = () =>
      Promise.reject(new Fault("TOO_MANY_SIGN_INS", { retryAfterMs: 7_000 }));
    const strict = given({ limits: { admitBegin } });
    const response = await authorize("", strict.open());
    expect(response.headers.get("retry-after")).toBe("7");
    expect(await problemOf(response)).toEqual([429, "TOO_MANY_SIGN_INS"]);
    expect(strict.attempts.size).toBe(0);
  });
});

describe("GET /auth/{provider}/callback", () => {
  const changed = "/api/v1/users/me?error=SIGN_IN_BROWSER_CHANGED";

  test("signs the browser in by two cookies and redirects to the return URL", async () => {
    const response = await signIn(browser, `?redirect=${app}/done?a=b`);
    expect([response.status, locationOf(response)]).toEqual([302, `${app}/done?a=b`]);
    expect([service.signedIn, service.failed]).toEqual([["fake"], []]);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const rest = "; HttpOnly; Secure; SameSite=Lax";
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(new RegExp(`^s_access=[\\w.-]+; Max-Age=10799; Path=/${rest}$`)),
      expect.stringMatching(
        new RegExp(`^s_refresh=[\\w.-]+; Max-Age=2591999; Path=/api/v1/auth${rest}$`),
      ),
    ]);
  });

  test("signs both tokens for one session, each with an id of its own", async () => {
    await signIn();
    const read = (kind: "access" | "refresh") =>
      verifyToken(keys, browser.cookies.get(`s_${kind}`) ?? "", kind, { now: startedAt });
    const [access, refresh] = [await read("access"), await read("refresh")];
    const [session] = service.sessions.values();
    const who = { sub: "fake-kim", provider: "fake", sid: session?.id };
    expect(access).toMatchObject({ ...who, jti: session?.accessJti });
    expect(refresh).toMatchObject({ ...who, jti: session?.refreshJti });
    expect(access.jti).not.toBe(refresh.jti);
  });

  test("goes to the account without a return URL", async () => {
    expect(locationOf(await signIn())).toBe("/api/v1/users/me");
  });

  test("identifies by the parameters of the authorization request", async () => {
    const state = stateOf(await authorize());
    const codeVerifier = service.attempts.get(state ?? "")?.codeVerifier;
    await callback(state);
    const redirectUri = `${own}/api/v1/auth/fake/callback`;
    expect(service.provider.requests).toEqual([{ state, codeVerifier, redirectUri }]);
  });

  test("finishes both of two tabs of a browser, in any order", async () => {
    const [one, two] = [
      stateOf(await authorize("?redirect=/1")),
      stateOf(await authorize("?redirect=/2")),
    ];
    expect(locationOf(await callback(two))).toBe("/2");
    expect(locationOf(await callback(one))).toBe("/1");
  });

  test("takes a state once, whatever the outcome", async () => {
    const state = stateOf(await authorize());
    const responses = await Promise.all([callback(state), callback(state), callback(state)]);
    expect(responses.map(({ status }) => status).sort()).toEqual([302, 400, 400]);
    expect(await problemOf(await callback(state))).toEqual([400, "SIGN_IN_STATE_INVALID"]);
    expect(service.sessions.size).toBe(1);
  });

  test("of another provider than it began with is refused, and uses the state up", async () => {
    const state = stateOf(await authorize());
    const other = await callback(state, browser, "other");
    expect(await problemOf(other)).toEqual([400, "SIGN_IN_STATE_INVALID"]);
    expect(await problemOf(await callback(state))).toEqual([400, "SIGN_IN_STATE_INVALID"]);
    expect(service.provider.requests).toEqual([]);
  });

  test.each(["", "short", "a".repeat(43), "a".repeat(5_000), "*"])(
    "with the unknown state %j is refused",
    async (state) => {
      await authorize();
      expect(await problemOf(await callback(state))).toEqual([400, "SIGN_IN_STATE_INVALID"]);
    },
  );

  test("without a state at all is refused", async () => {
    const response = await browser.send("GET", auth("fake/callback?code=kim"));
    expect(await problemOf(response)).toEqual([400, "SIGN_IN_STATE_INVALID"]);
  });

  test("in a browser that did not begin it is told to its page, and the code is never used", async () => {
    const attacker = service.open();
    const state = stateOf(await authorize("", attacker));
    // The victim is bound by a sign-in of its own, or not at all.
    await authorize("", browser);
    for (const victim of [browser, service.open()]) {
      const theirs = victim === browser ? state : stateOf(await authorize("", attacker));
      const response = await callback(theirs, victim);
      expect([response.status, locationOf(response)]).toEqual([302, changed]);
      expect(victim.cookies.has("s_access")).toBe(false);
    }
    expect(service.provider.requests).toEqual([]);
    expect(await problemOf(await callback(state, attacker))).toEqual([
      400,
      "SIGN_IN_STATE_INVALID",
    ]);
  });

  test("with a second binding injected beside the browser's own, in either order, is refused", async () => {
    const attacker = service.open();
    await authorize("", browser);
    for (const place of ["first", "last"]) {
      const state = stateOf(await authorize("", attacker));
      const [own, injected] = [browser, attacker].map(
        (by) => `s_state=${by.cookies.get("s_state")}`,
      );
      const cookie = place === "first" ? `${injected}; ${own}` : `${own}; ${injected}`;
      const path = auth(`fake/callback?code=kim&state=${state}`);
      const response = await service.open().send("GET", path, { cookie });
      expect([response.status, locationOf(response)]).toEqual([302, changed]);
      expect(response.headers.getSetCookie()).toEqual([]);
    }
    expect(service.provider.requests).toEqual([]);
  });

  test.each(["SIGN_IN_DENIED", "PROVIDER_REFUSED", "PROVIDER_UNAVAILABLE"] as const)(
    "that ends with %s redirects to the return URL with the code",
    async (code) => {
      service.provider.fails = new Fault(code, { cause: new Error("code=kim") });
      const response = await signIn(browser, "?redirect=/done?a=b");
      expect([response.status, locationOf(response)]).toEqual([302, `/done?a=b&error=${code}`]);
      expect([browser.cookies.has("s_access"), service.sessions.size]).toEqual([false, 0]);
      expect([service.signedIn, service.failed]).toEqual([[], [code]]);
    },
  );

  test.each([
    ["accounts", "userOf", new Fault("UNAVAILABLE"), "UNAVAILABLE"],
    ["sessions", "open", new Fault("ACCOUNT_DELETED"), "ACCOUNT_DELETED"],
    ["sessions", "open", new TypeError("secret"), "INTERNAL"],
  ])("whose %s.%s fails with %s redirects, no page of JSON", async (group, name, error, code) => {
    const broken = given({ [group]: { [name]: () => Promise.reject(error) } });
    const response = await signIn(broken.open());
    expect(locationOf(response)).toBe(`/api/v1/users/me?error=${code}`);
  });

  test("validates the return URL again: allowed origins may have changed since", async () => {
    const state = stateOf(await authorize());
    const kept = service.attempts.get(state ?? "");
    if (kept) service.attempts.set(state ?? "", { ...kept, redirect: "https://evil.example/" });
    expect(await problemOf(await callback(state))).toEqual([400, "REDIRECT_NOT_ALLOWED"]);
    expect(service.sessions.size).toBe(0);
  });

  test.each(["admitFinish", "admitUser"])(
    "beyond the limit of %s is refused with Retry-After",
    async (name) => {
      const fault = new Fault("TOO_MANY_SIGN_INS", { retryAfterMs: 7_000 });
      const strict = given({ limits: { [name]: () => Promise.reject(fault) } });
      const response = await signIn(strict.open());
      expect(response.headers.get("retry-after")).toBe("7");
      expect(await problemOf(response)).toEqual([429, "TOO_MANY_SIGN_INS"]);
      expect(strict.failed).toEqual(name === "admitUser" ? ["TOO_MANY_SIGN_INS"] : []);
      expect(strict.sessions.size).toBe(0);
    },
  );
});

describe("a fault of a call that a person's browser is sent to", () => {
  const accept = "text/html,application/xhtml+xml,*/*;q=0.8";
  const visit = (path: string, headers: Record<string, string> = { accept }, by = browser) =>
    by.send("GET", auth(path), headers);

  test("returns to where the sign-in began, with the code, in the phone's own browser", async () => {
    const begun = await authorize(`?redirect=${app}/done?a=b`, service.open());
    const back = await visit(`fake/callback?code=kim&state=${stateOf(begun)}`);
    expect([back.status, locationOf(back)]).toEqual([
      ...[302, `${app}/done?a=b&error=SIGN_IN_BROWSER_CHANGED`],
    ]);
    expect([browser.cookies.size, service.sessions.size]).toEqual([0, 0]);
    expect(service.failed).toEqual(["SIGN_IN_BROWSER_CHANGED"]);
  });

  test("is a page with a link to our app when a callback is opened twice", async () => {
    const path = `fake/callback?code=kim&state=${stateOf(await authorize())}`;
    await visit(path);
    const again = await visit(path);
    expect([again.status, again.headers.get("content-type")]).toEqual([
      ...[400, "text/html; charset=utf-8"],
    ]);
    expect(again.headers.get("content-security-policy")).toStartWith("default-src 'none'");
    expect(again.headers.get("cache-control")).toBe("no-store");
    const text = await again.text();
    expect(text).toContain("로그인을 처음부터 다시 해 주세요.");
    expect([...text.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)).toEqual([app]);
    expect(service.sessions.size).toBe(1);
  });

  test.each([
    ["fake/callback?code=kim&state=x", 400],
    ["unknown/callback?code=kim&state=x", 404],
    ["fake/authorize?redirect=https://evil.example/%22%3E%3Cscript%3E", 400],
    ["%22%3E%3Cscript%3E/authorize", 404],
  ])("is a page for a browser and a problem document for others: %s", async (path, status) => {
    const page = await visit(path);
    const text = await page.text();
    expect([page.status, text.startsWith("<!doctype html>")]).toEqual([status, true]);
    for (const foreign of ["evil", "<script", "unknown/"]) expect(text).not.toContain(foreign);
    for (const headers of [{}, { accept: "application/json" }, { accept: "*/*" }]) {
      expect((await problemOf(await visit(path, headers)))[0]).toBe(status);
    }
  });

  test("keeps Retry-After, and an error of ours stays inside", async () => {
    const fault = new Fault("TOO_MANY_SIGN_INS", { retryAfterMs: 7_000 });
    const strict = given({ limits: { admitBegin: () => Promise.reject(fault) } });
    const refused = await visit("fake/authorize", { accept }, strict.open());
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "7"]);
    const bug = given({ limits: { admitBegin: () => Promise.reject(new TypeError("secret")) } });
    const broken = await visit("fake/authorize", { accept }, bug.open());
    expect([broken.status, (await broken.text()).includes("secret")]).toEqual([500, false]);
  });
});

describe("POST /auth/refresh", () => {
  const refresh = (by = browser) => by.send("POST", auth("refresh"));

  test("sets a new pair of cookies and returns the access token's lifetime", async () => {
    await signIn();
    const before = new Map(browser.cookies);
    const response = await refresh();
    expect([response.status, await response.json()]).toEqual([200, { expires_in: 10_799 }]);
    expect(service.refreshed).toEqual(["ok"]);
    expect(response.headers.get("cache-control")).toBe("no-store");
    for (const name of ["s_access", "s_refresh"]) {
      expect(browser.cookies.get(name)).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
      expect(browser.cookies.get(name)).not.toBe(before.get(name));
    }
  });

  test("without the cookie is refused, a bearer token or not", async () => {
    const response = await browser.send("POST", auth("refresh"), { authorization: "Bearer a.b.c" });
    expect(await problemOf(response)).toEqual([401, "UNAUTHENTICATED"]);
  });

  test("with a cookie injected beside ours is refused", async () => {
    await signIn();
    const attacker = service.open();
    await signIn(attacker);
    const [own, injected] = [browser, attacker].map(
      (by) => `s_refresh=${by.cookies.get("s_refresh")}`,
    );
    for (const cookie of [`${injected}; ${own}`, `${own}; ${injected}`]) {
      const response = await service.open().send("POST", auth("refresh"), { cookie });
      expect(response.headers.getSetCookie()).toEqual([]);
      expect(await problemOf(response)).toEqual([401, "TOKEN_INVALID"]);
    }
  });

  test("refuses an access token, and keeps the cookies", async () => {
    await signIn();
    const cookie = `s_refresh=${browser.cookies.get("s_access")}`;
    const response = await browser.send("POST", auth("refresh"), { cookie });
    expect(response.status).toBe(401);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  test("that was the second with one token gets the pair of the first, with the time it has left", async () => {
    const pair = { accessJti: crypto.randomUUID(), refreshJti: crypto.randomUUID() };
    const who = { id: crypto.randomUUID(), userId: "fake-kim", provider: "fake" };
    const current: Session = { ...who, ...pair };
    const refreshedAt = startedAt - 20_000;
    const rotate = async () => ({ kind: "repeated" as const, current, refreshedAt });
    const second = given({ sessions: { rotate } });
    const open = second.open();
    await signIn(open);
    const response = await refresh(open);
    expect([response.status, await response.json()]).toEqual([200, { expires_in: 10_779 }]);
    const first = await createTokens(keys, { now: () => refreshedAt }).issue(current, refreshedAt);
    expect(open.cookies.get("s_access")).toBe(first.access.token);
    expect(open.cookies.get("s_refresh")).toBe(first.refresh.token);
    expect([second.refreshed, second.reused, second.revoked]).toEqual([["ok"], [], []]);
  });

  test("with a token replaced long ago ends the session and deletes the cookies", async () => {
    const late = given({ sessions: { rotate: async () => ({ kind: "reused" }) } });
    const open = late.open();
    await signIn(open);
    const [sid] = late.sessions.keys();
    expect(await problemOf(await refresh(open))).toEqual([401, "REFRESH_TOKEN_REUSED"]);
    expect(late.refreshed).toEqual(["REFRESH_TOKEN_REUSED"]);
    expect([...open.cookies.keys()]).toEqual(["s_state"]);
    expect([late.reused.length, late.revoked, late.sessions.size]).toEqual([1, [`sid:${sid}`], 0]);
  });

  test("of a session that is gone deletes the cookies", async () => {
    const gone = given({ sessions: { rotate: async () => ({ kind: "gone" }) } });
    const open = gone.open();
    await signIn(open);
    const response = await refresh(open);
    expect(await problemOf(response)).toEqual([401, "TOKEN_REVOKED"]);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect([...open.cookies.keys()]).toEqual(["s_state"]);
    expect(response.headers.getSetCookie()).toEqual([
      "s_access=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax",
      "s_refresh=; Max-Age=0; Path=/api/v1/auth; HttpOnly; Secure; SameSite=Lax",
    ]);
  });

  test("is refused while Postgres is away, and the cookies stay", async () => {
    const away = given({ sessions: { rotate: () => Promise.reject(new Fault("UNAVAILABLE")) } });
    const open = away.open();
    await signIn(open);
    expect(await problemOf(await refresh(open))).toEqual([503, "UNAVAILABLE"]);
    expect(open.cookies.has("s_refresh")).toBe(true);
  });
});

describe("POST /auth/logout", () => {
  const logout = (by: Browser, headers = {}) => by.send("POST", auth("logout"), headers);

  test("ends the session, revokes its tokens here at once, and may be repeated", async () => {
    await signIn();
    const [sid] = service.sessions.keys();
    const copy = browser.copy();
    for (const by of [browser, copy, browser]) {
      const response = await logout(by);
      expect([response.status, await response.text()]).toEqual([204, ""]);
      expect([...by.cookies.keys()]).toEqual(["s_state"]);
    }
    expect([service.sessions.size, service.revoked]).toEqual([0, [`sid:${sid}`]]);
  });

  test.each(["authorization", "cookie"])("takes an access token alone, by %s", async (header) => {
    await signIn();
    const token = browser.cookies.get("s_access");
    const value = header === "cookie" ? `s_access=${token}` : `Bearer ${token}`;
    expect((await logout(service.open(), { [header]: value })).status).toBe(204);
    expect(service.sessions.size).toBe(0);
  });

  test("ends the user's session also when a cookie of another one was injected beside it", async () => {
    const attacker = service.open();
    for (const cookies of [["s_refresh"], ["s_access"], ["s_refresh", "s_access"]]) {
      await signIn(attacker);
      await signIn();
      const shown = cookies.map((name) => `${name}=${attacker.cookies.get(name)}`);
      for (const [name, value] of browser.cookies) shown.push(`${name}=${value}`);
      expect((await logout(service.open(), { cookie: shown.join("; ") })).status).toBe(204);
      expect(service.sessions.size).toBe(0);
    }
  });

  test.each(["", "s_refresh=x; s_access=y", "s_refresh=a.b.c"])(
    "with nothing that verifies (%j) ends nothing, and is no error",
    async (cookie) => {
      await signIn();
      const response = await logout(service.open(), { cookie });
      expect([response.status, service.sessions.size]).toEqual([204, 1]);
    },
  );

  test("by a token that somebody else has signed ends nothing", async () => {
    await signIn();
    const [session] = service.sessions.values();
    if (!session) throw new Error("no session");
    const forger = createTokens(await openKeySet(undefined), { now: () => startedAt });
    const { refresh } = await forger.issue(session, startedAt);
    await logout(service.open(), { cookie: `s_refresh=${refresh.token}` });
    expect(service.sessions.size).toBe(1);
  });

  test("works with expired tokens, which still name their session", async () => {
    const long = 31 * 24 * 3_600_000;
    const old = createTokens(keys, { now: () => startedAt });
    const session = { id: crypto.randomUUID(), userId: "u", provider: "fake" };
    const jtis = { accessJti: crypto.randomUUID(), refreshJti: crypto.randomUUID() };
    service.sessions.set(session.id, { ...session, ...jtis });
    const { refresh } = await old.issue({ ...session, ...jtis }, startedAt - long);
    await logout(browser, { cookie: `s_refresh=${refresh.token}` });
    expect(service.sessions.size).toBe(0);
  });

  test("is refused while Postgres is away, and the cookies stay for the next try", async () => {
    const away = given({ sessions: { remove: () => Promise.reject(new Fault("UNAVAILABLE")) } });
    const open = away.open();
    await signIn(open);
    expect(await problemOf(await logout(open))).toEqual([503, "UNAVAILABLE"]);
    expect([...open.cookies.keys()]).toEqual(["s_state", "s_access", "s_refresh"]);
  });
});

test("the public keys are served without authentication and without the private halves", async () => {
  const response = await browser.send("GET", auth(".well-known/jwks.json"));
  expect(response.headers.get("cache-control")).toBe("public, max-age=300");
  const { keys: shown } = await response.json();
  expect(shown).toHaveLength(1);
  expect(Object.keys(shown[0]).sort()).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
});
