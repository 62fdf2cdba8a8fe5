import { describe, expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import {
  type AuthenticatorOptions,
  authenticationHeaders,
  createAuthenticator,
  devUserHeader,
} from "./authenticate.ts";

const ours = "https://api.example.com";
const friend = "https://app.example.com";

/** A token is its user's name; `bad` is an invalid one. */
function given(options: Partial<AuthenticatorOptions> = {}) {
  const authenticate = createAuthenticator({
    verify: async (token) => {
      if (token === "bad") throw new Fault("TOKEN_EXPIRED");
      return { sub: token, provider: "google", sid: "s", jti: "j", exp: 0 };
    },
    mode: "oauth",
    allowedOrigins: [ours, friend],
    isPublic: (_, path) => path === "/public",
    ...options,
  });
  return (headers: Record<string, string>, { method = "GET", path = "/mine" } = {}) =>
    authenticate({ method, path, headers: new Headers(headers) }).then(
      (caller) => (caller ? `${caller.userId} by ${caller.provider}` : "anonymous"),
      (error: unknown) => (error instanceof Fault ? error.code : error),
    );
}

describe("the caller", () => {
  const call = given();

  test.each([
    ["a bearer token", { authorization: "Bearer ann" }, "ann by google"],
    ["the scheme in any case", { authorization: "bearer  ann" }, "ann by google"],
    ["our cookie", { cookie: "s_access=ann" }, "ann by google"],
    ["our cookie among others", { cookie: "a=1; s_access=ann; b=2" }, "ann by google"],
    [
      "both: the header counts",
      { authorization: "Bearer ann", cookie: "s_access=bob" },
      "ann by google",
    ],
    ["nothing", {}, "UNAUTHENTICATED"],
    [
      "other cookies",
      { cookie: "access=ann; xs_access=ann; S_ACCESS=ann; s_access; s_accessX" },
      "UNAUTHENTICATED",
    ],
    ["the refresh token", { cookie: "s_refresh=ann" }, "UNAUTHENTICATED"],
    ["a user id alone", { "x-user-id": "ann", "x-auth-provider": "google" }, "UNAUTHENTICATED"],
    ["an invalid token", { authorization: "Bearer bad" }, "TOKEN_EXPIRED"],
    ["an invalid cookie", { cookie: "s_access=bad" }, "TOKEN_EXPIRED"],
  ])("is read from %s", async (_, headers, expected) => {
    expect(await call(headers)).toBe(expected);
  });

  test.each([
    "",
    "ann",
    "Basic YTpi",
    "Bearer",
    "Bearer ",
    "Bearer a b",
    "Bearer a, Bearer b",
    "Bearerann",
  ])("is not read from a cookie when the header is %j", async (authorization) => {
    expect(await call({ authorization, cookie: "s_access=ann" })).toBe("TOKEN_INVALID");
  });

  test("is refused with two access cookies: one of them was injected", async () => {
    for (const cookie of ["s_access=ann; s_access=bob", "s_access=ann; x=1; s_access=ann"])
      expect(await call({ cookie })).toBe("TOKEN_INVALID");
  });
});

describe("AUTH_MODE=dev", () => {
  const call = given({ mode: "dev" });

  test("ends with its tokens: AUTH_MODE=oauth refuses them", async () => {
    const verify = async (sub: string) => ({ sub, provider: "dev", sid: "s", jti: "j", exp: 0 });
    const headers = { authorization: "Bearer ann" };
    expect(await given({ verify, mode: "dev" })(headers)).toBe("ann by dev");
    expect(await given({ verify, mode: "oauth" })(headers)).toBe("TOKEN_INVALID");
  });

  test("takes a user id as given, if it is valid", async () => {
    expect(await call({ "x-user-id": "ann" })).toBe("ann by dev");
    for (const name of ["", "a b", "a:b", "a, b", "-a", "a".repeat(129)])
      expect(await call({ "x-user-id": name })).toBe("UNAUTHENTICATED");
    expect(await call({})).toBe("UNAUTHENTICATED");
  });

  test("ignores the user id beside a token, valid or not", async () => {
    const name = { "x-user-id": "eve" };
    expect(await call({ ...name, authorization: "Bearer ann" })).toBe("ann by google");
    expect(await call({ ...name, authorization: "Bearer bad" })).toBe("TOKEN_EXPIRED");
    expect(await call({ ...name, authorization: "" })).toBe("TOKEN_INVALID");
    expect(await call({ ...name, cookie: "s_access=bad" })).toBe("TOKEN_EXPIRED");
  });
});

describe("a public operation", () => {
  test("is anonymous, whatever the request shows", async () => {
    const call = given({ mode: "dev" });
    for (const headers of [{}, { "x-user-id": "eve" }, { authorization: "Bearer bad" }])
      expect(await call(headers, { path: "/public" })).toBe("anonymous");
  });

  test("works while no token can be verified", async () => {
    const call = given({ verify: () => Promise.reject(new Fault("UNAVAILABLE")) });
    expect(await call({ cookie: "s_access=ann" }, { path: "/public" })).toBe("anonymous");
    expect(await call({ cookie: "s_access=ann" })).toBe("UNAVAILABLE");
  });
});

describe("a preflight is anonymous", () => {
  test("and a request that only looks like one is not", async () => {
    const call = given();
    const headers = { "access-control-request-method": "POST", origin: "https://evil.example" };
    expect(await call(headers, { method: "OPTIONS" })).toBe("anonymous");
    for (const method of ["GET", "POST", "DELETE"])
      expect(await call(headers, { method })).toBe("UNAUTHENTICATED");
    expect(await call({}, { method: "OPTIONS" })).toBe("UNAUTHENTICATED");
  });
});

describe("a write with a user's cookies", () => {
  const call = given();
  const taken = "ann by google";
  const refused = "CSRF_REFUSED";

  test.each([
    ["its own page", { "sec-fetch-site": "same-origin", origin: "https://other" }, taken],
    ["the user, who typed it", { "sec-fetch-site": "none" }, taken],
    ["a page that is allowed to", { "sec-fetch-site": "same-site", origin: friend }, taken],
    ["one on another site", { "sec-fetch-site": "cross-site", origin: friend }, taken],
    ["no browser", {}, taken],
    ["an old browser, on our own page", { origin: ours }, taken],
    [
      "a stranger's page",
      { "sec-fetch-site": "cross-site", origin: "https://evil.example" },
      refused,
    ],
    [
      "a neighbour's page",
      { "sec-fetch-site": "same-site", origin: "https://x.example.com" },
      refused,
    ],
    ["another site, which does not say which", { "sec-fetch-site": "cross-site" }, refused],
    ["something new", { "sec-fetch-site": "similar-origin" }, refused],
    ["two values", { "sec-fetch-site": "same-origin, cross-site" }, refused],
    ["an old browser, on a stranger's page", { origin: "https://evil.example" }, refused],
    ["a sandbox", { origin: "null" }, refused],
    ["a sandbox on a site", { "sec-fetch-site": "cross-site", origin: "null" }, refused],
    ["an origin like ours", { origin: `${ours}.evil.example` }, refused],
    ["our origin on another port", { origin: `${ours}:444` }, refused],
    ["our origin in the open", { origin: ours.replace("https", "http") }, refused],
    ["our origin in capitals", { origin: ours.toUpperCase() }, refused],
  ])("from %s", async (_, headers, expected) => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE", "QUERY", "get"])
      expect(await call({ cookie: "s_access=ann", ...headers }, { method })).toBe(expected);
  });

  const foreign = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };

  test("is refused also on a public operation, and with the refresh token alone", async () => {
    const logout = { method: "POST", path: "/public" };
    for (const cookie of ["s_access=ann", "s_refresh=ann", "a=b; s_refresh=bad; c=d"])
      expect(await call({ cookie, ...foreign }, logout)).toBe(refused);
    expect(await call({ cookie: "a=b", ...foreign }, logout)).toBe("anonymous");
  });

  test("passes with a bearer token, which no browser adds by itself", async () => {
    const both = { cookie: "s_access=bob", authorization: "Bearer ann", ...foreign };
    expect(await call(both, { method: "POST" })).toBe(taken);
  });

  test("is refused with a header that browsers add by themselves", async () => {
    const logout = { method: "POST", path: "/public" };
    for (const authorization of ["Basic YTpi", "Negotiate YTpi", "Digest a", "Bearer", ""])
      expect(await call({ cookie: "s_refresh=ann", authorization, ...foreign }, logout)).toBe(
        refused,
      );
  });

  test("does not cover reads", async () => {
    for (const method of ["GET", "HEAD"])
      expect(await call({ cookie: "s_access=ann", ...foreign }, { method })).toBe(taken);
  });
});

test("an unexpected error refuses the request and repeats nothing of the error", async () => {
  const call = given({
    verify: () => {
      throw new TypeError("secret");
    },
  });
  expect(await call({ authorization: "Bearer ann" })).toBe("UNAVAILABLE");
  const broken = given({ isPublic: () => fail() });
  expect(await broken({})).toBe("UNAVAILABLE");
});

function fail(): never {
  throw new Error("secret");
}

test("no header decides that a proxy is not told to pass on", async () => {
  const read = new Set<string>();
  const authenticate = createAuthenticator({
    verify: async () => ({ sub: "ann", provider: "google", sid: "s", jti: "j", exp: 0 }),
    mode: "dev",
    allowedOrigins: [ours],
    isPublic: () => false,
  });
  const all = { cookie: "s_access=ann", origin: ours, "sec-fetch-site": "cross-site" };
  for (const method of ["GET", "POST", "OPTIONS"]) {
    for (const sent of [{}, all, { authorization: "Bearer ann" }]) {
      const headers = new Headers(sent);
      const named = (name: string) => {
        read.add(name);
        return name;
      };
      await authenticate({
        method,
        path: "/mine",
        headers: {
          get: (name) => headers.get(named(name)),
          has: (name) => headers.has(named(name)),
        },
      }).catch(() => undefined);
    }
  }
  expect([...read].toSorted()).toEqual([...authenticationHeaders, devUserHeader].toSorted());
});
