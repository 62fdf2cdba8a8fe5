import { beforeEach, describe, expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import type { Browser } from "#lib/testing/browser.ts";
import {
  app,
  auth,
  authorize,
  createAuthFixture,
  locationOf,
  problemOf,
  stateOf,
} from "./http-fixture.ts";

let service: ReturnType<typeof createAuthFixture>;
let browser: Browser;
beforeEach(() => {
  service = createAuthFixture();
  browser = service.open();
});

describe("a fault of a call that a person's browser is sent to", () => {
  const accept = "text/html,application/xhtml+xml,*/*;q=0.8";
  const visit = (path: string, headers: Record<string, string> = { accept }, by = browser) =>
    by.send("GET", auth(path), headers);

  test("returns to where the sign-in began, with the code, in the phone's own browser", async () => {
    const begun = await authorize(service.open(), `?redirect=${app}/done?a=b`);
    const back = await visit(`fake/callback?code=kim&state=${stateOf(begun)}`);
    expect([back.status, locationOf(back)]).toEqual([
      ...[302, `${app}/done?a=b&error=SIGN_IN_BROWSER_CHANGED`],
    ]);
    expect([browser.cookies.size, service.sessions.size]).toEqual([0, 0]);
    expect(service.failed).toEqual(["SIGN_IN_BROWSER_CHANGED"]);
  });

  test("is a page with a link to our app when a callback is opened twice", async () => {
    const path = `fake/callback?code=kim&state=${stateOf(await authorize(browser))}`;
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
    const strict = createAuthFixture({ limits: { admitBegin: () => Promise.reject(fault) } });
    const refused = await visit("fake/authorize", { accept }, strict.open());
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "7"]);
    const bug = createAuthFixture({
      limits: { admitBegin: () => Promise.reject(new TypeError("secret")) },
    });
    const broken = await visit("fake/authorize", { accept }, bug.open());
    expect([broken.status, (await broken.text()).includes("secret")]).toEqual([500, false]);
  });
});

test("the public keys are served without authentication and without the private halves", async () => {
  const response = await browser.send("GET", auth(".well-known/jwks.json"));
  expect(response.headers.get("cache-control")).toBe("public, max-age=300");
  const { keys: shown } = await response.json();
  expect(shown).toHaveLength(1);
  expect(Object.keys(shown[0]).sort()).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
});
