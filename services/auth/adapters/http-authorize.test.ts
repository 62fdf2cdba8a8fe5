import { beforeEach, describe, expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import type { Browser } from "#lib/testing/browser.ts";
import { auth, authorize, createAuthFixture, locationOf, problemOf } from "./http-fixture.ts";

let service: ReturnType<typeof createAuthFixture>;
let browser: Browser;
beforeEach(() => {
  service = createAuthFixture();
  browser = service.open();
});

describe("GET /auth/{provider}/authorize", () => {
  test("sends the browser to the provider, bound by an HttpOnly cookie", async () => {
    const response = await authorize(browser, "?login_hint=kim");
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
    const response = await authorize(browser, "?redirect=/done");
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
    const strict = createAuthFixture({ limits: { admitBegin } });
    const response = await authorize(strict.open());
    expect(response.headers.get("retry-after")).toBe("7");
    expect(await problemOf(response)).toEqual([429, "TOO_MANY_SIGN_INS"]);
    expect(strict.attempts.size).toBe(0);
  });
});
