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
import type { Attempt, Identity, Provider } from "../provider.ts";
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

function newAttempt(): Attempt {
  const random = () => crypto.randomUUID().replaceAll("-", "").repeat(2);
  return { state: random(), codeVerifier: random(), redirectUri };
}

/** What a browser comes back with. */
async function browse(provider: Provider, attempt: Attempt, loginHint?: string) {
  let url = await provider.authorizationUrl({ ...attempt, loginHint });
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
  test("tells who came back, the same every time", async () => {
    const provider = openProvider();
    const attempts = [newAttempt(), newAttempt()] as const;
    const ids = attempts.map(async (attempt) => {
      const { id } = await provider.identify(attempt, await browse(provider, attempt));
      expect(id).toMatch(/^[\x21-\x7e]{1,255}$/);
      return id;
    });
    const [one, two] = await Promise.all(ids);
    expect(one).toBe(two);
  });

  test("takes no answer of another attempt", async () => {
    const provider = openProvider();
    const [attempt, other] = [newAttempt(), newAttempt()];
    const answer = await browse(provider, attempt);
    const { state } = attempt;
    const refused = async (answer: URLSearchParams) => {
      const secrets = [answer.get("code") ?? "no code", attempt.codeVerifier];
      expect((await refusal(provider.identify(attempt, answer), secrets)).code).toBe(
        "PROVIDER_REFUSED",
      );
    };
    await refused(await browse(provider, other));
    for (const wrong of ["", `${state}x`, state.toUpperCase(), other.state]) {
      const changed = new URLSearchParams(answer);
      changed.set("state", wrong);
      await refused(changed);
    }
    const without = new URLSearchParams(answer);
    without.delete("state");
    await refused(without);
  });

  test("takes no answer without a code", async () => {
    const provider = openProvider();
    const attempt = newAttempt();
    for (const code of [{}, { code: "" }]) {
      const answer = new URLSearchParams({ state: attempt.state, ...code });
      const { code: fault } = await refusal(provider.identify(attempt, answer));
      expect(fault).toBe("PROVIDER_REFUSED");
    }
  });

  test("says that somebody said no, if it was in this attempt", async () => {
    const provider = openProvider();
    const [attempt, { state }] = [newAttempt(), newAttempt()];
    const answer = { error: "access_denied", error_description: "Canceled By User" };
    const ended = async (state: string) =>
      refusal(provider.identify(attempt, new URLSearchParams({ ...answer, state })));
    expect((await ended(attempt.state)).code).toBe("SIGN_IN_DENIED");
    expect((await ended(state)).code).toBe("PROVIDER_REFUSED");
  });
});

describe.each(kinds)("%s", (kind) => {
  test("is trusted with its verified address and name, and with nothing else", async () => {
    const { provider, server } = open(kind);
    const attempt = newAttempt();
    const { id, nickname, email } = verified;
    expect(await provider.identify(attempt, await browse(provider, attempt))).toEqual({
      ...{ id, nickname },
      email: kind === "naver" ? null : email,
    });
    server.person = { ...person, isEmailVerified: false };
    const again = newAttempt();
    expect(await provider.identify(again, await browse(provider, again))).toMatchObject({
      email: null,
    });
  });

  test("signs in nobody who declines there", async () => {
    const { provider, server } = open(kind);
    server.person = undefined;
    const attempt = newAttempt();
    const answer = await browse(provider, attempt);
    expect((await refusal(provider.identify(attempt, answer))).code).toBe("SIGN_IN_DENIED");
  });

  test("is shown PKCE, our state and our callback, and no secret", async () => {
    const attempt = newAttempt();
    const url = await open(kind).provider.authorizationUrl({ ...attempt, loginHint: undefined });
    const digest = await crypto.subtle.digest("SHA-256", Buffer.from(attempt.codeVerifier));
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: "code",
      client_id: client.clientId,
      redirect_uri: redirectUri,
      state: attempt.state,
      code_challenge: Buffer.from(digest).toString("base64url"),
      code_challenge_method: "S256",
    });
    expect(url.href).not.toContain(attempt.codeVerifier);
    expect(decodeURIComponent(url.search)).not.toContain(client.clientSecret);
  });

  test("gives nothing for a code that is wrong, used, too old or of another attempt", async () => {
    const { provider, server } = open(kind);
    const attempt = newAttempt();
    const answer = await browse(provider, attempt);
    const refused = async (from: Provider, attempt: Attempt, answer: URLSearchParams) => {
      const secrets = [...server.secrets, answer.get("code") ?? "", attempt.codeVerifier];
      const { code, said } = await refusal(from.identify(attempt, answer), secrets);
      expect(code).toBe("PROVIDER_REFUSED");
      return said;
    };
    await provider.identify(attempt, answer);
    const said = await refused(provider, attempt, answer);
    const names = { google: "invalid_grant", kakao: "KOE320", naver: "invalid_request" };
    expect(said).toContain(names[kind]);
    const wrong = new URLSearchParams({ state: attempt.state, code: "hunter2hunter2hunter2" });
    await refused(provider, attempt, wrong);
    const { state } = attempt;
    for (const changed of [
      { codeVerifier: newAttempt().codeVerifier },
      { redirectUri: `${redirectUri}/` },
    ]) {
      const fresh = await browse(provider, attempt);
      await refused(provider, { ...attempt, ...changed, state }, fresh);
    }
    const late = open(kind, { codeLifeMs: 0 });
    await refused(late.provider, attempt, await browse(late.provider, attempt));
  });

  test("refuses a client with another secret", async () => {
    const { provider } = open(kind, { clientSecret: "another" });
    const attempt = newAttempt();
    const answer = await browse(provider, attempt);
    const { code, said } = await refusal(provider.identify(attempt, answer));
    expect(code).toBe("PROVIDER_REFUSED");
    expect(said).toContain("invalid_client");
  });

  async function signInWhile(breakdown: Breakdown, at: "token" | "userinfo", deadlineMs?: number) {
    const { provider, server } = open(kind, {}, deadlineMs);
    server.broken[at] = breakdown;
    const attempt = newAttempt();
    const identifying = provider.identify(attempt, await browse(provider, attempt));
    const { code, said } = await refusal(identifying, [attempt.codeVerifier]);
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
  ])("that answers %s ends in %s", async (breakdown, code) => {
    expect(await signInWhile(breakdown, "token")).toBe(code);
    expect(await signInWhile(breakdown, "userinfo")).toBe(code);
  });

  test("that is late, or that is late to end, is not waited for", async () => {
    const late = (["slow", "drip"] as const).flatMap((breakdown) =>
      (["token", "userinfo"] as const).map((at) => signInWhile(breakdown, at, 150)),
    );
    expect(new Set(await Promise.all(late))).toEqual(new Set(["PROVIDER_UNAVAILABLE"]));
  });

  test("that is gone is unavailable", async () => {
    const { provider, server } = open(kind);
    const attempt = newAttempt();
    const answer = await browse(provider, attempt);
    await server.stop();
    const { code } = await refusal(provider.identify(attempt, answer), server.secrets);
    expect(code).toBe("PROVIDER_UNAVAILABLE");
  });

  test("is not believed in a token that is none, and it is not repeated", async () => {
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
      server.amend.token = (answer) => ({ ...answer, ...wrong });
      const attempt = newAttempt();
      const answer = await browse(provider, attempt);
      const { code } = await refusal(provider.identify(attempt, answer), [token]);
      expect([wrong, code]).toEqual([wrong, "PROVIDER_REFUSED"]);
    }
  });

  test("is not believed in a profile that is none", async () => {
    const { provider, server } = open(kind);
    for (const wrong of [[], {}, [{ id: person.id }]]) {
      server.amend.userinfo = () => wrong;
      const attempt = newAttempt();
      const answer = await browse(provider, attempt);
      const { code } = await refusal(provider.identify(attempt, answer));
      expect(code).toBe("PROVIDER_REFUSED");
    }
  });

  test("may be away for the browser, which is not told apart by words of an attacker", async () => {
    const { provider } = open(kind);
    const attempt = newAttempt();
    const ended = async (error: string) => {
      const answer = new URLSearchParams({ error, state: attempt.state });
      return refusal(provider.identify(attempt, answer), ["hunter2"]);
    };
    expect((await ended("temporarily_unavailable")).code).toBe("PROVIDER_UNAVAILABLE");
    expect(await ended("invalid_scope")).toMatchObject({
      code: "PROVIDER_REFUSED",
      said: expect.stringContaining("invalid_scope"),
    });
    expect((await ended("hunter2\nhunter2")).code).toBe("PROVIDER_REFUSED");
  });

  test("is asked over https, or on loopback", async () => {
    for (const token of [
      "http://example.com/token",
      "ftp://127.0.0.1/",
      "http://127.0.0.1.nip.io",
    ]) {
      const open = () => createOauthProvider(kind, { ...client, endpoints: { token } });
      expect(open).toThrow("neither https nor on loopback");
    }
    const provider = createOauthProvider(kind, client);
    const url = await provider.authorizationUrl({ ...newAttempt(), loginHint: undefined });
    const hosts = {
      google: "accounts.google.com",
      kakao: "kauth.kakao.com",
      naver: "nid.naver.com",
    };
    expect([url.protocol, url.host]).toEqual(["https:", hosts[kind]]);
  });
});

describe("google", () => {
  test("asks which account, unless we know", async () => {
    const { provider } = open("google");
    const url = (loginHint?: string) => provider.authorizationUrl({ ...newAttempt(), loginHint });
    const query = (url: URL) => Object.fromEntries(url.searchParams);
    const asked = { scope: "openid email profile", prompt: "select_account" };
    expect(query(await url())).toMatchObject(asked);
    expect(query(await url("kim@example.com"))).toMatchObject({ login_hint: "kim@example.com" });
    expect((await url("kim@example.com")).searchParams.has("prompt")).toBe(false);
  });

  test("is the one who answers, when an answer says who it is from", async () => {
    const { provider } = open("google");
    const attempt = newAttempt();
    const signIn = async (change: (answer: URLSearchParams) => void) => {
      const answer = await browse(provider, attempt);
      expect(answer.get("iss")).toBe("https://accounts.google.com");
      change(answer);
      return provider.identify(attempt, answer);
    };
    expect(await signIn((answer) => answer.delete("iss"))).toMatchObject({ id: person.id });
    const other = signIn((answer) => answer.set("iss", "https://accounts.example.com"));
    expect((await refusal(other)).code).toBe("PROVIDER_REFUSED");
  });

  test.each<[string, object | undefined]>([
    ["is missing", undefined],
    ["is of another issuer", { iss: "https://accounts.example.com" }],
    ["is for another client", { aud: "client-2" }],
    ["is of somebody else", { sub: "somebody else" }],
    ["has expired", { exp: 1 }],
  ])("gets nobody in when its ID token %s", async (_, change) => {
    const { provider, server } = open("google");
    server.amend.token = (answer) => {
      const { id_token } = answer as { id_token: string };
      const [header, claims = "", signature] = id_token.split(".");
      const changed = { ...JSON.parse(Buffer.from(claims, "base64url").toString()), ...change };
      const body = Buffer.from(JSON.stringify(changed)).toString("base64url");
      const token = change && [header, body, signature].join(".");
      return { ...answer, id_token: token };
    };
    const attempt = newAttempt();
    const identifying = provider.identify(attempt, await browse(provider, attempt));
    const { code } = await refusal(identifying, server.secrets);
    expect(code).toBe("PROVIDER_REFUSED");
  });
});

describe("kakao", () => {
  test("is asked for what its app is registered for, and takes a hint", async () => {
    const { provider } = open("kakao");
    const url = await provider.authorizationUrl({ ...newAttempt(), loginHint: "kim@example.com" });
    expect(url.searchParams.get("login_hint")).toBe("kim@example.com");
    expect(url.searchParams.has("scope")).toBe(false);
  });

  test("gets nobody in whose number is beyond 2^53", async () => {
    const { provider, server } = open("kakao");
    server.person = { id: "9007199254740993" };
    const attempt = newAttempt();
    const identifying = provider.identify(attempt, await browse(provider, attempt));
    expect((await refusal(identifying)).said).toContain("profile is wrong at id");
  });
});

describe("naver", () => {
  test("takes no hint", async () => {
    const { provider } = open("naver");
    const url = await provider.authorizationUrl({ ...newAttempt(), loginHint: "kim@example.com" });
    expect(url.searchParams.has("login_hint")).toBe(false);
  });

  test("says with status 200 that a profile cannot be had", async () => {
    const { provider, server } = open("naver");
    server.amend.userinfo = () => ({ resultcode: "024", message: "Authentication failed" });
    const attempt = newAttempt();
    const identifying = provider.identify(attempt, await browse(provider, attempt));
    expect(await refusal(identifying)).toMatchObject({
      code: "PROVIDER_REFUSED",
      said: expect.stringContaining("024"),
    });
  });
});

describe("dev", () => {
  test("lets in whoever is named, or demo", async () => {
    const provider = createDevProvider();
    for (const name of [undefined, "kim@example.com", "a", "x".repeat(64)]) {
      const attempt = newAttempt();
      const answer = await browse(provider, attempt, name);
      expect(await provider.identify(attempt, answer)).toEqual({
        ...{ id: name ?? "demo", email: null, nickname: null },
      });
    }
  });

  test.each(["", "x".repeat(65), "a b", "a\n", "김", "a/b"])(
    "lets in nobody named %j",
    async (name) => {
      const provider = createDevProvider();
      const attempt = newAttempt();
      const asking = provider.authorizationUrl({ ...attempt, loginHint: name });
      await expect(asking).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
      const answer = new URLSearchParams({ state: attempt.state, code: name });
      expect((await refusal(provider.identify(attempt, answer))).code).toBe("PROVIDER_REFUSED");
    },
  );
});
