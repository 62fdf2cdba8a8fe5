import { beforeEach, describe, expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import type { Browser } from "#lib/testing/browser.ts";
import { openKeySet } from "#lib/token/key-set.ts";
import { auth, createAuthFixture, keys, problemOf, signIn, startedAt } from "./http-fixture.ts";
import { createTokens } from "./tokens.ts";

let service: ReturnType<typeof createAuthFixture>;
let browser: Browser;
beforeEach(() => {
  service = createAuthFixture();
  browser = service.open();
});

describe("POST /auth/logout", () => {
  const logout = (by: Browser, headers = {}) => by.send("POST", auth("logout"), headers);

  test("ends the session, revokes its tokens here at once, and may be repeated", async () => {
    await signIn(browser);
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
    await signIn(browser);
    const token = browser.cookies.get("s_access");
    const value = header === "cookie" ? `s_access=${token}` : `Bearer ${token}`;
    expect((await logout(service.open(), { [header]: value })).status).toBe(204);
    expect(service.sessions.size).toBe(0);
  });

  test("ends the user's session also when a cookie of another one was injected beside it", async () => {
    const attacker = service.open();
    for (const cookies of [["s_refresh"], ["s_access"], ["s_refresh", "s_access"]]) {
      await signIn(attacker);
      await signIn(browser);
      const shown = cookies.map((name) => `${name}=${attacker.cookies.get(name)}`);
      for (const [name, value] of browser.cookies) shown.push(`${name}=${value}`);
      expect((await logout(service.open(), { cookie: shown.join("; ") })).status).toBe(204);
      expect(service.sessions.size).toBe(0);
    }
  });

  test.each(["", "s_refresh=x; s_access=y", "s_refresh=a.b.c"])(
    "with nothing that verifies (%j) ends nothing, and is no error",
    async (cookie) => {
      await signIn(browser);
      const response = await logout(service.open(), { cookie });
      expect([response.status, service.sessions.size]).toEqual([204, 1]);
    },
  );

  test("by a token that somebody else has signed ends nothing", async () => {
    await signIn(browser);
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
    const away = createAuthFixture({
      sessions: { remove: () => Promise.reject(new Fault("UNAVAILABLE")) },
    });
    const open = away.open();
    await signIn(open);
    expect(await problemOf(await logout(open))).toEqual([503, "UNAVAILABLE"]);
    expect([...open.cookies.keys()]).toEqual(["s_state", "s_access", "s_refresh"]);
  });
});
