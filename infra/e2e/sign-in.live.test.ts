import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { until } from "#lib/testing/until.ts";
import { makeKey } from "#lib/token/key-set.ts";
import { createApiClient } from "../harness/api-client.ts";
import { signIn, signOut } from "../harness/sign-in.ts";
import { type Harness, scan, startHarness } from "./harness.ts";

const app = "https://app.example.com";
const AUTH_KEYS = JSON.stringify({ keys: [await makeKey()] });

describe("a user who is authenticated by a cookie alone", () => {
  let eco2: Harness;
  beforeAll(async () => {
    eco2 = await startHarness({ AUTH_KEYS, CORS_ORIGINS: app, SIGN_INS_PER_MINUTE_PER_IP: "0" });
  }, 60_000);
  afterAll(() => eco2?.stop());

  const newSession = () => signIn(eco2.origin, `cookie-${crypto.randomUUID()}`);
  const send = (path: string, init: RequestInit = {}) =>
    fetch(`${eco2.origin}/api/v1${path}`, init);
  const refresh = (headers: Record<string, string>) =>
    send("/auth/refresh", { method: "POST", headers });
  const cookieFrom = (response: Response) => ({
    cookie: response.headers
      .getSetCookie()
      .map((line) => line.split("; ")[0])
      .join("; "),
  });
  const outcome = async (response: Response) => [response.status, (await response.json()).code];

  test("scans, follows, and finds in the collection what was earned", async () => {
    const session = await newSession();
    const api = createApiClient(eco2.origin, session);
    const { events, result } = await scan(api);
    expect([events.at(-1)?.stage, result.reward?.name]).toEqual(["done", "페티"]);
    const names = async () => (await api.collection()).characters.map(({ name }) => name);
    await until(async () => (await names()).length === 2);
    expect(await names()).toEqual(["페티", "이코"]);
    await signOut(eco2.origin, session);
    await expect(api.collection()).rejects.toThrow("TOKEN_REVOKED");
  });

  test("gets the same new pair for one token in each of a thousand requests", async () => {
    const session = await newSession();
    const responses = await Promise.all(Array.from({ length: 1_000 }, () => refresh(session)));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
    const [next, ...others] = new Set(responses.map((one) => cookieFrom(one).cookie));
    expect(others).toEqual([]);
    expect((await send("/users/me", { headers: { cookie: next ?? "" } })).status).toBe(200);
    // Requests of other tabs are on their way with the replaced access token.
    expect((await send("/users/me", { headers: session })).status).toBe(200);
  }, 30_000);

  test("gets the pair that a lost response carried, also from another process", async () => {
    const other = await startHarness({ AUTH_KEYS, SIGN_INS_PER_MINUTE_PER_IP: "0" });
    try {
      const session = await newSession();
      const lost = cookieFrom(await refresh(session));
      const there = { method: "POST", headers: session };
      const again = await fetch(`${other.origin}/api/v1/auth/refresh`, there);
      expect([again.status, cookieFrom(again)]).toEqual([200, lost]);
    } finally {
      await other.stop();
    }
  }, 60_000);

  test("writes from our pages and from those we allow, and from no others", async () => {
    const session = await newSession();
    const rename = (headers: Record<string, string>) =>
      send("/users/me", {
        method: "PATCH",
        headers: { ...session, "content-type": "application/json", ...headers },
        body: '{"nickname":"누구"}',
      });
    for (const headers of [{}, { "sec-fetch-site": "same-origin" }, { origin: app }]) {
      expect((await rename(headers)).status).toBe(200);
    }
    const others: Record<string, string>[] = [
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: `${app}.evil.example`, "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
    ];
    for (const headers of others) {
      expect(await outcome(await rename(headers))).toEqual([403, "CSRF_REFUSED"]);
      const logout = await send("/auth/logout", {
        method: "POST",
        headers: { ...session, ...headers },
      });
      expect(await outcome(logout)).toEqual([403, "CSRF_REFUSED"]);
    }
    expect((await send("/users/me", { headers: session })).status).toBe(200);
  });

  test("is read by allowed pages only, preflights included", async () => {
    const allowed = async (origin: string, init: RequestInit = {}) =>
      (await send("/users/me", { ...init, headers: { ...init.headers, origin } })).headers.get(
        "access-control-allow-origin",
      );
    const preflight = {
      method: "OPTIONS",
      headers: { "access-control-request-method": "PATCH" },
    };
    expect([await allowed(app), await allowed(app, preflight)]).toEqual([app, app]);
    for (const origin of ["https://evil.example", "null", eco2.origin]) {
      expect([await allowed(origin), await allowed(origin, preflight)]).toEqual([null, null]);
    }
  });

  test("cannot act for another user by an identity header, with a token or with a broken one", async () => {
    const [mine, other] = await Promise.all([newSession(), newSession()]);
    const me = await (await send("/users/me", { headers: mine })).json();
    const them = await (await send("/users/me", { headers: other })).json();
    const claim = { "x-user-id": them.id };
    const seen = await send("/users/me", { headers: { ...mine, ...claim } });
    expect((await seen.json()).id).toBe(me.id);
    const broken = await send("/users/me", { headers: { ...claim, cookie: "s_access=x" } });
    expect(await outcome(broken)).toEqual([401, "TOKEN_INVALID"]);
  });

  test("may sign in at another host name of this machine, and stays there", async () => {
    const local = eco2.origin.replace("127.0.0.1", "localhost");
    const session = await signIn(local, `cookie-${crypto.randomUUID()}`);
    expect((await fetch(`${local}/api/v1/users/me`, { headers: session })).status).toBe(200);
  });

  test("gets cookies that no script reads, no other site brings along, and Safari keeps on loopback", async () => {
    const begun = await send("/auth/dev/authorize?login_hint=attributes", { redirect: "manual" });
    const state = begun.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const back = begun.headers.get("location") ?? "";
    const done = await fetch(new URL(back, eco2.origin), {
      headers: { cookie: state },
      redirect: "manual",
    });
    const cookies = [...begun.headers.getSetCookie(), ...done.headers.getSetCookie()];
    expect(cookies.map((line) => line.split("=")[0])).toEqual(["s_state", "s_access", "s_refresh"]);
    for (const line of cookies) {
      for (const wanted of ["HttpOnly", "SameSite=Lax", "Max-Age="]) {
        expect(line).toContain(wanted);
      }
      expect(line).not.toContain("Secure");
    }
    expect(done.headers.get("cache-control")).toBe("no-store");
    expect(`${back} ${done.headers.get("location")}`).not.toContain("eyJ");
  });
});
