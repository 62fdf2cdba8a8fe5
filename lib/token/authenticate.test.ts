import { describe, expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import { type AuthenticatorOptions, createAuthenticator } from "./authenticate.ts";

const ours = "https://api.example.com";
const friend = "https://app.example.com";

/** Tokens are called like their users; `bad` is one that is no good. */
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
      (caller) => (caller ? `${caller.userId} by ${caller.provider}` : "nobody"),
      (error: unknown) => (error instanceof Fault ? error.code : error),
    );
}

describe("who calls", () => {
  const ask = given();

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
    ["a name alone", { "x-user-id": "ann", "x-auth-provider": "google" }, "UNAUTHENTICATED"],
    ["a token that is no good", { authorization: "Bearer bad" }, "TOKEN_EXPIRED"],
    ["a cookie that is no good", { cookie: "s_access=bad" }, "TOKEN_EXPIRED"],
  ])("is told by %s", async (_, headers, answer) => {
    expect(await ask(headers)).toBe(answer);
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
  ])("is not made up from a cookie when the header says %j", async (authorization) => {
    expect(await ask({ authorization, cookie: "s_access=ann" })).toBe("TOKEN_INVALID");
  });

  test("is nobody when two cookies say it: one of them was planted", async () => {
    for (const cookie of ["s_access=ann; s_access=bob", "s_access=ann; x=1; s_access=ann"])
      expect(await ask({ cookie })).toBe("TOKEN_INVALID");
  });
});

describe("AUTH_MODE=dev", () => {
  const ask = given({ mode: "dev" });

  test("is over when it is over: its tokens, too, are somebody's mere word", async () => {
    const verify = async (sub: string) => ({ sub, provider: "dev", sid: "s", jti: "j", exp: 0 });
    const headers = { authorization: "Bearer ann" };
    expect(await given({ verify, mode: "dev" })(headers)).toBe("ann by dev");
    expect(await given({ verify, mode: "oauth" })(headers)).toBe("TOKEN_INVALID");
  });

  test("takes a name as given, if it is one", async () => {
    expect(await ask({ "x-user-id": "ann" })).toBe("ann by dev");
    for (const name of ["", "a b", "a:b", "a, b", "-a", "a".repeat(129)])
      expect(await ask({ "x-user-id": name })).toBe("UNAUTHENTICATED");
    expect(await ask({})).toBe("UNAUTHENTICATED");
  });

  test("not beside a token, whatever that is worth", async () => {
    const name = { "x-user-id": "eve" };
    expect(await ask({ ...name, authorization: "Bearer ann" })).toBe("ann by google");
    expect(await ask({ ...name, authorization: "Bearer bad" })).toBe("TOKEN_EXPIRED");
    expect(await ask({ ...name, authorization: "" })).toBe("TOKEN_INVALID");
    expect(await ask({ ...name, cookie: "s_access=bad" })).toBe("TOKEN_EXPIRED");
  });
});

describe("a public operation", () => {
  test("is for nobody in particular, whoever asks", async () => {
    const ask = given({ mode: "dev" });
    for (const headers of [{}, { "x-user-id": "eve" }, { authorization: "Bearer bad" }])
      expect(await ask(headers, { path: "/public" })).toBe("nobody");
  });

  test("goes on while nobody can be verified", async () => {
    const ask = given({ verify: () => Promise.reject(new Fault("UNAVAILABLE")) });
    expect(await ask({ cookie: "s_access=ann" }, { path: "/public" })).toBe("nobody");
    expect(await ask({ cookie: "s_access=ann" })).toBe("UNAVAILABLE");
  });
});

describe("a preflight passes as nobody", () => {
  test("and nothing that only looks like one does", async () => {
    const ask = given();
    const headers = { "access-control-request-method": "POST", origin: "https://evil.example" };
    expect(await ask(headers, { method: "OPTIONS" })).toBe("nobody");
    for (const method of ["GET", "POST", "DELETE"])
      expect(await ask(headers, { method })).toBe("UNAUTHENTICATED");
    expect(await ask({}, { method: "OPTIONS" })).toBe("UNAUTHENTICATED");
  });
});

describe("a write with a user's cookies", () => {
  const ask = given();
  const taken = "ann by google";
  const refused = "CSRF_REFUSED";

  test.each([
    ["its own page", { "sec-fetch-site": "same-origin", origin: "https://elsewhere" }, taken],
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
    ["two answers", { "sec-fetch-site": "same-origin, cross-site" }, refused],
    ["an old browser, on a stranger's page", { origin: "https://evil.example" }, refused],
    ["a sandbox", { origin: "null" }, refused],
    ["a sandbox on a site", { "sec-fetch-site": "cross-site", origin: "null" }, refused],
    ["an origin like ours", { origin: `${ours}.evil.example` }, refused],
    ["our origin on another port", { origin: `${ours}:444` }, refused],
    ["our origin in the open", { origin: ours.replace("https", "http") }, refused],
    ["our origin in capitals", { origin: ours.toUpperCase() }, refused],
  ])("from %s", async (_, headers, answer) => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE", "QUERY", "get"])
      expect(await ask({ cookie: "s_access=ann", ...headers }, { method })).toBe(answer);
  });

  const foreign = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };

  test("is refused also where anybody may, and with the refresh token alone", async () => {
    const logout = { method: "POST", path: "/public" };
    for (const cookie of ["s_access=ann", "s_refresh=ann", "a=b; s_refresh=bad; c=d"])
      expect(await ask({ cookie, ...foreign }, logout)).toBe(refused);
    expect(await ask({ cookie: "a=b", ...foreign }, logout)).toBe("nobody");
  });

  test("is no matter for whoever shows a header, which no page sends by itself", async () => {
    const both = { cookie: "s_access=bob", authorization: "Bearer ann", ...foreign };
    expect(await ask(both, { method: "POST" })).toBe(taken);
  });

  test("is refused with a header that browsers do add by themselves", async () => {
    const logout = { method: "POST", path: "/public" };
    for (const authorization of ["Basic YTpi", "Negotiate YTpi", "Digest a", "Bearer", ""])
      expect(await ask({ cookie: "s_refresh=ann", authorization, ...foreign }, logout)).toBe(
        refused,
      );
  });

  test("is not what reading is", async () => {
    for (const method of ["GET", "HEAD"])
      expect(await ask({ cookie: "s_access=ann", ...foreign }, { method })).toBe(taken);
  });
});

test("whatever goes wrong in here lets nobody in, and says nothing of itself", async () => {
  const ask = given({
    verify: () => {
      throw new TypeError("secret");
    },
  });
  expect(await ask({ authorization: "Bearer ann" })).toBe("UNAVAILABLE");
  const broken = given({ isPublic: () => fail() });
  expect(await broken({})).toBe("UNAVAILABLE");
});

function fail(): never {
  throw new Error("secret");
}
