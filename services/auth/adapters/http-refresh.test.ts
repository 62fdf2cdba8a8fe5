import { beforeEach, describe, expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import type { Browser } from "#lib/testing/browser.ts";
import type { Session } from "../session.ts";
import { auth, createAuthFixture, keys, problemOf, signIn, startedAt } from "./http-fixture.ts";
import { createTokens } from "./tokens.ts";

let service: ReturnType<typeof createAuthFixture>;
let browser: Browser;
beforeEach(() => {
  service = createAuthFixture();
  browser = service.open();
});

describe("POST /auth/refresh", () => {
  const refresh = (by = browser) => by.send("POST", auth("refresh"));

  test("sets a new pair of cookies and returns the access token's lifetime", async () => {
    await signIn(browser);
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
    await signIn(browser);
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
    await signIn(browser);
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
    const second = createAuthFixture({ sessions: { rotate } });
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
    const late = createAuthFixture({ sessions: { rotate: async () => ({ kind: "reused" }) } });
    const open = late.open();
    await signIn(open);
    const [sid] = late.sessions.keys();
    expect(await problemOf(await refresh(open))).toEqual([401, "REFRESH_TOKEN_REUSED"]);
    expect(late.refreshed).toEqual(["REFRESH_TOKEN_REUSED"]);
    expect([...open.cookies.keys()]).toEqual(["s_state"]);
    expect([late.reused.length, late.revoked, late.sessions.size]).toEqual([1, [`sid:${sid}`], 0]);
  });

  test("of a session that is gone deletes the cookies", async () => {
    const gone = createAuthFixture({ sessions: { rotate: async () => ({ kind: "gone" }) } });
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
    const away = createAuthFixture({
      sessions: { rotate: () => Promise.reject(new Fault("UNAVAILABLE")) },
    });
    const open = away.open();
    await signIn(open);
    expect(await problemOf(await refresh(open))).toEqual([503, "UNAVAILABLE"]);
    expect(open.cookies.has("s_refresh")).toBe(true);
  });
});
