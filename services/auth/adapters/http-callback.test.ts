import { beforeEach, describe, expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import type { Browser } from "#lib/testing/browser.ts";
import { verifyToken } from "#lib/token/verify-token.ts";
import {
  app,
  auth,
  authorize,
  callback,
  createAuthFixture,
  keys,
  locationOf,
  own,
  problemOf,
  signIn,
  startedAt,
  stateOf,
} from "./http-fixture.ts";

let service: ReturnType<typeof createAuthFixture>;
let browser: Browser;
beforeEach(() => {
  service = createAuthFixture();
  browser = service.open();
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

  test("leaves out `Secure` where it is told so, and only that, from the first cookie to the last", async () => {
    const home = createAuthFixture({}, { secureCookies: false });
    const safari = home.open();
    const responses = [
      await authorize(safari),
      await signIn(safari),
      await safari.send("POST", auth("refresh")),
      await safari.send("POST", auth("logout")),
    ];
    const cookies = responses.flatMap(({ headers }) => headers.getSetCookie());
    expect(cookies).toHaveLength(7);
    for (const line of cookies) {
      expect(line).not.toContain("Secure");
      expect(line).toEndWith("; HttpOnly; SameSite=Lax");
    }
  });

  test("signs both tokens for one session, each with an id of its own", async () => {
    await signIn(browser);
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
    expect(locationOf(await signIn(browser))).toBe("/api/v1/users/me");
  });

  test("identifies by the parameters of the authorization request", async () => {
    const state = stateOf(await authorize(browser));
    const codeVerifier = service.attempts.get(state ?? "")?.codeVerifier;
    await callback(browser, state);
    const redirectUri = `${own}/api/v1/auth/fake/callback`;
    expect(service.provider.requests).toEqual([{ state, codeVerifier, redirectUri }]);
  });

  test("finishes both of two tabs of a browser, in any order", async () => {
    const [one, two] = [
      stateOf(await authorize(browser, "?redirect=/1")),
      stateOf(await authorize(browser, "?redirect=/2")),
    ];
    expect(locationOf(await callback(browser, two))).toBe("/2");
    expect(locationOf(await callback(browser, one))).toBe("/1");
  });

  test("takes a state once, whatever the outcome", async () => {
    const state = stateOf(await authorize(browser));
    const responses = await Promise.all([
      callback(browser, state),
      callback(browser, state),
      callback(browser, state),
    ]);
    expect(responses.map(({ status }) => status).sort()).toEqual([302, 400, 400]);
    expect(await problemOf(await callback(browser, state))).toEqual([400, "SIGN_IN_STATE_INVALID"]);
    expect(service.sessions.size).toBe(1);
  });

  test("of another provider than it began with is refused, and uses the state up", async () => {
    const state = stateOf(await authorize(browser));
    const other = await callback(browser, state, "other");
    expect(await problemOf(other)).toEqual([400, "SIGN_IN_STATE_INVALID"]);
    expect(await problemOf(await callback(browser, state))).toEqual([400, "SIGN_IN_STATE_INVALID"]);
    expect(service.provider.requests).toEqual([]);
  });

  test.each(["", "short", "a".repeat(43), "a".repeat(5_000), "*"])(
    "with the unknown state %j is refused",
    async (state) => {
      await authorize(browser);
      expect(await problemOf(await callback(browser, state))).toEqual([
        400,
        "SIGN_IN_STATE_INVALID",
      ]);
    },
  );

  test("without a state at all is refused", async () => {
    const response = await browser.send("GET", auth("fake/callback?code=kim"));
    expect(await problemOf(response)).toEqual([400, "SIGN_IN_STATE_INVALID"]);
  });

  test("in a browser that did not begin it is told to its page, and the code is never used", async () => {
    const attacker = service.open();
    const state = stateOf(await authorize(attacker));
    // The victim is bound by a sign-in of its own, or not at all.
    await authorize(browser);
    for (const victim of [browser, service.open()]) {
      const theirs = victim === browser ? state : stateOf(await authorize(attacker));
      const response = await callback(victim, theirs);
      expect([response.status, locationOf(response)]).toEqual([302, changed]);
      expect(victim.cookies.has("s_access")).toBe(false);
    }
    expect(service.provider.requests).toEqual([]);
    expect(await problemOf(await callback(attacker, state))).toEqual([
      400,
      "SIGN_IN_STATE_INVALID",
    ]);
  });

  test("with a second binding injected beside the browser's own, in either order, is refused", async () => {
    const attacker = service.open();
    await authorize(browser);
    for (const place of ["first", "last"]) {
      const state = stateOf(await authorize(attacker));
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
    const broken = createAuthFixture({ [group]: { [name]: () => Promise.reject(error) } });
    const response = await signIn(broken.open());
    expect(locationOf(response)).toBe(`/api/v1/users/me?error=${code}`);
  });

  test("validates the return URL again: allowed origins may have changed since", async () => {
    const state = stateOf(await authorize(browser));
    const kept = service.attempts.get(state ?? "");
    if (kept) service.attempts.set(state ?? "", { ...kept, redirect: "https://evil.example/" });
    expect(await problemOf(await callback(browser, state))).toEqual([400, "REDIRECT_NOT_ALLOWED"]);
    expect(service.sessions.size).toBe(0);
  });

  test.each(["admitFinish", "admitUser"])(
    "beyond the limit of %s is refused with Retry-After",
    async (name) => {
      const fault = new Fault("TOO_MANY_SIGN_INS", { retryAfterMs: 7_000 });
      const strict = createAuthFixture({ limits: { [name]: () => Promise.reject(fault) } });
      const response = await signIn(strict.open());
      expect(response.headers.get("retry-after")).toBe("7");
      expect(await problemOf(response)).toEqual([429, "TOO_MANY_SIGN_INS"]);
      expect(strict.failed).toEqual(name === "admitUser" ? ["TOO_MANY_SIGN_INS"] : []);
      expect(strict.sessions.size).toBe(0);
    },
  );
});
