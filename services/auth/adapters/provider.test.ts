import { afterAll, describe, expect, test } from "bun:test";
import { inspect } from "node:util";
import { Fault } from "#lib/error/fault.ts";
import type { FaultCode } from "#lib/error/fault-table.ts";
import { createLogger } from "#lib/log/logger.ts";
import {
  type AuthorizationServerOptions,
  type Breakdown,
  startAuthorizationServer,
} from "#lib/testing/authorization-server.ts";
import type { AuthorizationRequest, Identity, Provider } from "../provider.ts";
import { createDevProvider } from "./dev.ts";
import { createOauthProvider } from "./oauth.ts";

const redirectUri = "https://eco2.test/api/v1/auth/x/callback";
const client = { clientId: "client-1", clientSecret: "s3cret/of+the&client=%" };
const person = { id: "4294967297", nickname: "김페티", email: "kim@example.com" };
const verified = { ...person, isEmailVerified: true };
const kinds = ["google", "kakao", "naver"] as const;
type Kind = (typeof kinds)[number];

const cleanups: (() => Promise<unknown>)[] = [];
afterAll(() => Promise.all(cleanups.map((cleanup) => cleanup())));

function open(kind: Kind, options: Partial<AuthorizationServerOptions> = {}, deadlineMs?: number) {
  const server = startAuthorizationServer(kind, {
    ...{ ...client, redirectUri, person: verified },
    ...options,
  });
  cleanups.push(server.stop);
  const { endpoints } = server;
  const limits = deadlineMs === undefined ? {} : { deadlineMs };
  return { server, provider: createOauthProvider(kind, { ...client, endpoints, ...limits }) };
}

function newRequest(): AuthorizationRequest {
  const random = () => crypto.randomUUID().replaceAll("-", "").repeat(2);
  return { state: random(), codeVerifier: random(), redirectUri };
}

/** What a browser comes back with. */
async function browse(provider: Provider, request: AuthorizationRequest, loginHint?: string) {
  let url = await provider.authorizationUrl({ ...request, loginHint });
  if (!url.href.startsWith(`${redirectUri}?`)) {
    const { headers, status } = await fetch(url, { redirect: "manual" });
    expect(status).toBe(302);
    url = new URL(headers.get("location") ?? "");
  }
  expect(url.origin + url.pathname).toBe(redirectUri);
  return url.searchParams;
}

/** The code of the fault and all that could be logged of it, none of which is a secret. */
async function refusal(
  identifying: Promise<Identity>,
  secrets: readonly string[] = [],
): Promise<{ code: FaultCode; said: string }> {
  const fault: unknown = await identifying.then(
    (identity) => new Error(`signed in as ${identity.id}`),
    (error) => error,
  );
  if (!(fault instanceof Fault)) throw fault;
  let said = "";
  createLogger("test", "debug", (line) => {
    said += line;
  }).error("refused", { error: fault });
  // The log masks; what it would have to mask should not have come that far.
  for (let at: unknown = fault; at instanceof Error; at = at.cause) {
    said += `${at.message} ${inspect({ ...at }, { depth: 9 })} ${inspect(at.cause, { depth: 9 })}`;
  }
  for (const secret of [client.clientSecret, ...secrets]) {
    expect(said).not.toContain(secret);
    expect(said).not.toContain(encodeURIComponent(secret));
  }
  return { code: fault.code, said };
}

const places: [name: string, open: () => Provider][] = [
  ...kinds.map((kind): [string, () => Provider] => [kind, () => open(kind).provider]),
  ["dev", createDevProvider],
];

describe.each(places)("%s", (_, openProvider) => {
  test("returns the same identity every time", async () => {
    const provider = openProvider();
    const requests = [newRequest(), newRequest()] as const;
    const ids = requests.map(async (request) => {
      const { id } = await provider.identify(request, await browse(provider, request));
      expect(id).toMatch(/^[\x21-\x7e]{1,255}$/);
      return id;
    });
    const [one, two] = await Promise.all(ids);
    expect(one).toBe(two);
  });

  test("refuses the callback of another request", async () => {
    const provider = openProvider();
    const [request, other] = [newRequest(), newRequest()];
    const callback = await browse(provider, request);
    const { state } = request;
    const refused = async (callback: URLSearchParams) => {
      const secrets = [callback.get("code") ?? "no code", request.codeVerifier];
      expect((await refusal(provider.identify(request, callback), secrets)).code).toBe(
        "PROVIDER_REFUSED",
      );
    };
    await refused(await browse(provider, other));
    for (const wrong of ["", `${state}x`, state.toUpperCase(), other.state]) {
      const changed = new URLSearchParams(callback);
      changed.set("state", wrong);
      await refused(changed);
    }
    const without = new URLSearchParams(callback);
    without.delete("state");
    await refused(without);
  });

  test("refuses a callback without a code", async () => {
    const provider = openProvider();
    const request = newRequest();
    for (const code of [{}, { code: "" }]) {
      const callback = new URLSearchParams({ state: request.state, ...code });
      const { code: fault } = await refusal(provider.identify(request, callback));
      expect(fault).toBe("PROVIDER_REFUSED");
    }
  });

  test("reports that the user declined, if the callback is of this request", async () => {
    const provider = openProvider();
    const [request, { state }] = [newRequest(), newRequest()];
    const callback = { error: "access_denied", error_description: "Canceled By User" };
    const ended = async (state: string) =>
      refusal(provider.identify(request, new URLSearchParams({ ...callback, state })));
    expect((await ended(request.state)).code).toBe("SIGN_IN_DENIED");
    expect((await ended(state)).code).toBe("PROVIDER_REFUSED");
  });
});

describe.each(kinds)("%s", (kind) => {
  test("returns a verified address and a name, and nothing else", async () => {
    const { provider, server } = open(kind);
    const request = newRequest();
    const { id, nickname, email } = verified;
    expect(await provider.identify(request, await browse(provider, request))).toEqual({
      ...{ id, nickname },
      email: kind === "naver" ? null : email,
    });
    server.person = { ...person, isEmailVerified: false };
    const again = newRequest();
    expect(await provider.identify(again, await browse(provider, again))).toMatchObject({
      email: null,
    });
  });

  test("refuses a user who declines", async () => {
    const { provider, server } = open(kind);
    server.person = undefined;
    const request = newRequest();
    const callback = await browse(provider, request);
    expect((await refusal(provider.identify(request, callback))).code).toBe("SIGN_IN_DENIED");
  });

  test("receives PKCE, our state and our callback, and no secret", async () => {
    const request = newRequest();
    const url = await open(kind).provider.authorizationUrl({ ...request, loginHint: undefined });
    const digest = await crypto.subtle.digest("SHA-256", Buffer.from(request.codeVerifier));
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: "code",
      client_id: client.clientId,
      redirect_uri: redirectUri,
      state: request.state,
      code_challenge: Buffer.from(digest).toString("base64url"),
      code_challenge_method: "S256",
    });
    expect(url.href).not.toContain(request.codeVerifier);
    expect(decodeURIComponent(url.search)).not.toContain(client.clientSecret);
  });

  test("refuses a code that is wrong, used, expired or of another request", async () => {
    const { provider, server } = open(kind);
    const request = newRequest();
    const callback = await browse(provider, request);
    const refused = async (
      from: Provider,
      request: AuthorizationRequest,
      callback: URLSearchParams,
    ) => {
      const secrets = [...server.secrets, callback.get("code") ?? "", request.codeVerifier];
      const { code, said } = await refusal(from.identify(request, callback), secrets);
      expect(code).toBe("PROVIDER_REFUSED");
      return said;
    };
    await provider.identify(request, callback);
    const said = await refused(provider, request, callback);
    const names = { google: "invalid_grant", kakao: "KOE320", naver: "invalid_request" };
    expect(said).toContain(names[kind]);
    const wrong = new URLSearchParams({ state: request.state, code: "hunter2hunter2hunter2" });
    await refused(provider, request, wrong);
    const { state } = request;
    for (const changed of [
      { codeVerifier: newRequest().codeVerifier },
      { redirectUri: `${redirectUri}/` },
    ]) {
      const fresh = await browse(provider, request);
      await refused(provider, { ...request, ...changed, state }, fresh);
    }
    const late = open(kind, { codeLifeMs: 0 });
    await refused(late.provider, request, await browse(late.provider, request));
  });

  test("refuses a client with another secret", async () => {
    const { provider } = open(kind, { clientSecret: "another" });
    const request = newRequest();
    const callback = await browse(provider, request);
    const { code, said } = await refusal(provider.identify(request, callback));
    expect(code).toBe("PROVIDER_REFUSED");
    expect(said).toContain("invalid_client");
  });

  async function signInWhile(breakdown: Breakdown, at: "token" | "userinfo", deadlineMs?: number) {
    const { provider, server } = open(kind, {}, deadlineMs);
    server.broken[at] = breakdown;
    const request = newRequest();
    const identifying = provider.identify(request, await browse(provider, request));
    const { code, said } = await refusal(identifying, [request.codeVerifier]);
    for (const secret of server.secrets) expect(said).not.toContain(secret);
    return code;
  }

  test.each<[Breakdown, FaultCode]>([
    ["500", "PROVIDER_UNAVAILABLE"],
    ["429", "PROVIDER_UNAVAILABLE"],
    ["garbage", "PROVIDER_REFUSED"],
    ["huge", "PROVIDER_REFUSED"],
    ["redirect", "PROVIDER_REFUSED"],
    ["html", "PROVIDER_REFUSED"],
  ])("that responds with %s ends in %s", async (breakdown, code) => {
    expect(await signInWhile(breakdown, "token")).toBe(code);
    expect(await signInWhile(breakdown, "userinfo")).toBe(code);
  });

  test("has a deadline for the head and the body of its response", async () => {
    const late = (["slow", "drip"] as const).flatMap((breakdown) =>
      (["token", "userinfo"] as const).map((at) => signInWhile(breakdown, at, 150)),
    );
    expect(new Set(await Promise.all(late))).toEqual(new Set(["PROVIDER_UNAVAILABLE"]));
  });

  test("that cannot be reached is unavailable", async () => {
    const { provider, server } = open(kind);
    const request = newRequest();
    const callback = await browse(provider, request);
    await server.stop();
    const { code } = await refusal(provider.identify(request, callback), server.secrets);
    expect(code).toBe("PROVIDER_UNAVAILABLE");
  });

  test("has an invalid token refused, which no error repeats", async () => {
    const { provider, server } = open(kind);
    const token = "hunter2hunter2hunter2";
    for (const wrong of [
      { access_token: undefined },
      { access_token: "" },
      { access_token: `${token}\r\nx: y` },
      { access_token: `${token}\u00e9` },
      { access_token: { [token]: token } },
      { token_type: token },
      { expires_in: token },
      { error: token, error_code: token },
    ]) {
      server.amend.token = (callback) => ({ ...callback, ...wrong });
      const request = newRequest();
      const callback = await browse(provider, request);
      const { code } = await refusal(provider.identify(request, callback), [token]);
      expect([wrong, code]).toEqual([wrong, "PROVIDER_REFUSED"]);
    }
  });

  test("has an invalid profile refused", async () => {
    const { provider, server } = open(kind);
    for (const wrong of [[], {}, [{ id: person.id }]]) {
      server.amend.userinfo = () => wrong;
      const request = newRequest();
      const callback = await browse(provider, request);
      const { code } = await refusal(provider.identify(request, callback));
      expect(code).toBe("PROVIDER_REFUSED");
    }
  });

  test("may be unavailable for the browser; no text from the query reaches a log", async () => {
    const { provider } = open(kind);
    const request = newRequest();
    const ended = async (error: string) => {
      const callback = new URLSearchParams({ error, state: request.state });
      return refusal(provider.identify(request, callback), ["hunter2"]);
    };
    expect((await ended("temporarily_unavailable")).code).toBe("PROVIDER_UNAVAILABLE");
    expect(await ended("invalid_scope")).toMatchObject({
      code: "PROVIDER_REFUSED",
      said: expect.stringContaining("invalid_scope"),
    });
    expect((await ended("hunter2\nhunter2")).code).toBe("PROVIDER_REFUSED");
  });

  test("is called over https, or on loopback", async () => {
    for (const token of [
      "http://example.com/token",
      "ftp://127.0.0.1/",
      "http://127.0.0.1.nip.io",
    ]) {
      const open = () => createOauthProvider(kind, { ...client, endpoints: { token } });
      expect(open).toThrow("neither https nor on loopback");
    }
    const provider = createOauthProvider(kind, client);
    const url = await provider.authorizationUrl({ ...newRequest(), loginHint: undefined });
    const hosts = {
      google: "accounts.google.com",
      kakao: "kauth.kakao.com",
      naver: "nid.naver.com",
    };
    expect([url.protocol, url.host]).toEqual(["https:", hosts[kind]]);
  });
});

describe("google", () => {
  test("asks which account, unless a hint names one", async () => {
    const { provider } = open("google");
    const url = (loginHint?: string) => provider.authorizationUrl({ ...newRequest(), loginHint });
    const query = (url: URL) => Object.fromEntries(url.searchParams);
    const expected = { scope: "openid email profile", prompt: "select_account" };
    expect(query(await url())).toMatchObject(expected);
    expect(query(await url("kim@example.com"))).toMatchObject({ login_hint: "kim@example.com" });
    expect((await url("kim@example.com")).searchParams.has("prompt")).toBe(false);
  });

  test("must be the issuer that the callback names, if it names one", async () => {
    const { provider } = open("google");
    const request = newRequest();
    const signIn = async (change: (callback: URLSearchParams) => void) => {
      const callback = await browse(provider, request);
      expect(callback.get("iss")).toBe("https://accounts.google.com");
      change(callback);
      return provider.identify(request, callback);
    };
    expect(await signIn((callback) => callback.delete("iss"))).toMatchObject({ id: person.id });
    const other = signIn((callback) => callback.set("iss", "https://accounts.example.com"));
    expect((await refusal(other)).code).toBe("PROVIDER_REFUSED");
  });

  test.each<[string, object | undefined]>([
    ["is missing", undefined],
    ["is of another issuer", { iss: "https://accounts.example.com" }],
    ["is for another client", { aud: "client-2" }],
    ["is of somebody else", { sub: "somebody else" }],
    ["has expired", { exp: 1 }],
  ])("refuses a sign-in whose ID token %s", async (_, change) => {
    const { provider, server } = open("google");
    server.amend.token = (callback) => {
      const { id_token } = callback as { id_token: string };
      const [header, claims = "", signature] = id_token.split(".");
      const changed = { ...JSON.parse(Buffer.from(claims, "base64url").toString()), ...change };
      const body = Buffer.from(JSON.stringify(changed)).toString("base64url");
      const token = change && [header, body, signature].join(".");
      return { ...callback, id_token: token };
    };
    const request = newRequest();
    const identifying = provider.identify(request, await browse(provider, request));
    const { code } = await refusal(identifying, server.secrets);
    expect(code).toBe("PROVIDER_REFUSED");
  });
});

describe("kakao", () => {
  test("is called without a scope, and takes a hint", async () => {
    const { provider } = open("kakao");
    const url = await provider.authorizationUrl({ ...newRequest(), loginHint: "kim@example.com" });
    expect(url.searchParams.get("login_hint")).toBe("kim@example.com");
    expect(url.searchParams.has("scope")).toBe(false);
  });

  test("refuses an id beyond 2^53", async () => {
    const { provider, server } = open("kakao");
    server.person = { id: "9007199254740993" };
    const request = newRequest();
    const identifying = provider.identify(request, await browse(provider, request));
    expect((await refusal(identifying)).said).toContain("profile is wrong at id");
  });
});

describe("naver", () => {
  test("takes no hint", async () => {
    const { provider } = open("naver");
    const url = await provider.authorizationUrl({ ...newRequest(), loginHint: "kim@example.com" });
    expect(url.searchParams.has("login_hint")).toBe(false);
  });

  test("sends errors of the profile with status 200", async () => {
    const { provider, server } = open("naver");
    server.amend.userinfo = () => ({ resultcode: "024", message: "Authentication failed" });
    const request = newRequest();
    const identifying = provider.identify(request, await browse(provider, request));
    expect(await refusal(identifying)).toMatchObject({
      code: "PROVIDER_REFUSED",
      said: expect.stringContaining("024"),
    });
  });
});

describe("dev", () => {
  test("signs in the identity of the hint, or demo", async () => {
    const provider = createDevProvider();
    for (const name of [undefined, "kim@example.com", "a", "x".repeat(64)]) {
      const request = newRequest();
      const callback = await browse(provider, request, name);
      expect(await provider.identify(request, callback)).toEqual({
        ...{ id: name ?? "demo", email: null, nickname: null },
      });
    }
  });

  test.each(["", "x".repeat(65), "a b", "a\n", "김", "a/b"])(
    "refuses the identity %j",
    async (name) => {
      const provider = createDevProvider();
      const request = newRequest();
      const asking = provider.authorizationUrl({ ...request, loginHint: name });
      await expect(asking).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
      const callback = new URLSearchParams({ state: request.state, code: name });
      expect((await refusal(provider.identify(request, callback))).code).toBe("PROVIDER_REFUSED");
    },
  );
});
