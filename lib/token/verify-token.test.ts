import { describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { exportSPKI, SignJWT } from "jose";
import { makeKey, openKeySet } from "./key-set.ts";
import { signToken } from "./sign-token.ts";
import { verifyToken } from "./verify-token.ts";

const [ourKey, strangeKey] = await Promise.all([makeKey(), makeKey()]);
const keys = await openKeySet({ keys: [ourKey] });
/** Somebody else's key under our key's name. */
const strangers = await openKeySet({ keys: [{ ...strangeKey, kid: ourKey.kid }] });
const now = Date.UTC(2026, 0, 1);
const claims = {
  sub: "u-1",
  provider: "kakao",
  sid: crypto.randomUUID(),
  jti: crypto.randomUUID(),
};
const access = await signToken(keys, "access", claims, now);
const refresh = await signToken(keys, "refresh", claims, now);

const refusal = (token: string, { kind = "access", at = now }: Given = {}) =>
  verifyToken(keys, token, kind, { now: at }).then(
    () => "taken",
    (fault: { code?: string }) => fault.code,
  );
interface Given {
  readonly kind?: "access" | "refresh";
  readonly at?: number;
}

/** A token like ours but for what is given, rightly signed. */
function craft(
  { header = {}, payload = {} }: { header?: object; payload?: object },
  key = keys.signing?.key,
) {
  if (!key) throw new Error("no key");
  const iat = now / 1000;
  const full = { iss: "eco2", aud: "eco2-api", iat, exp: iat + 60, ...claims, ...payload };
  return new SignJWT(full)
    .setProtectedHeader({ alg: "RS256", typ: "at+jwt", kid: ourKey.kid, ...header })
    .sign(key);
}
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const [head = "", body = "", signature = ""] = access.token.split(".");

describe("a token that was signed here", () => {
  test("names its user, provider, session and expiry", async () => {
    const exp = now / 1000 + 3 * 3_600;
    expect(await verifyToken(keys, access.token, "access", { now })).toEqual({ ...claims, exp });
    expect(access.expiresAt).toEqual(new Date(exp * 1000));
    const read = await verifyToken(keys, refresh.token, "refresh", { now });
    expect(read).toEqual({ ...claims, exp: now / 1000 + 30 * 24 * 3_600 });
  });

  test("expires in the second of `exp`, and is read after that with `isExpiredFine`", async () => {
    const end = access.expiresAt.getTime();
    expect(await refusal(access.token, { at: end - 1 })).toBe("taken");
    expect(await refusal(access.token, { at: end })).toBe("TOKEN_EXPIRED");
    const options = { now: end + 1e9, isExpiredFine: true };
    expect(await verifyToken(keys, access.token, "access", options)).toMatchObject(claims);
  });

  test("is refused as one of the other kind", async () => {
    expect(await refusal(access.token, { kind: "refresh" })).toBe("TOKEN_AUDIENCE_WRONG");
    expect(await refusal(refresh.token)).toBe("TOKEN_AUDIENCE_WRONG");
    // A claim or a header alone does not make one.
    expect(await refusal(await craft({ payload: { aud: "eco2-auth" } }))).toBe(
      "TOKEN_AUDIENCE_WRONG",
    );
    expect(await refusal(await craft({ header: { typ: "rt+jwt" } }))).toBe("TOKEN_INVALID");
  });
});

describe("another algorithm is refused before a key is looked up:", () => {
  const spki = async () => {
    const key = keys.find(ourKey.kid);
    return key ? await exportSPKI(key) : "";
  };
  const unsigned = (alg: unknown) => `${encode({ alg, typ: "at+jwt", kid: ourKey.kid })}.${body}`;

  test.each(["none", "None", "NONE", "", "RS384", "PS256", "ES256", "EdDSA", 1, null, undefined])(
    "%p",
    async (alg) => {
      for (const token of [`${unsigned(alg)}.`, `${unsigned(alg)}.${signature}`])
        expect(await refusal(token)).toBe("TOKEN_ALGORITHM_REFUSED");
    },
  );

  test("HS256 with the public key, which everybody has, as its secret", async () => {
    for (const secret of [await spki(), JSON.stringify(keys.jwks.keys[0]), ourKey.n]) {
      const input = unsigned("HS256");
      const mac = createHmac("sha256", secret).update(input).digest("base64url");
      expect(await refusal(`${input}.${mac}`)).toBe("TOKEN_ALGORITHM_REFUSED");
    }
  });
});

describe("a key of the token's own is never used:", () => {
  test.each([
    ["an unknown id", { kid: "unknown" }],
    ["no id", { kid: undefined }],
    ["what every object has", { kid: "__proto__" }],
    ["a path", { kid: "../../dev/null" }],
    ["a list", { kid: [ourKey.kid] }],
  ])("%s", async (_, header) => {
    const token = `${encode({ alg: "RS256", typ: "at+jwt", ...header })}.${body}.${signature}`;
    expect(await refusal(token)).toBe("TOKEN_KEY_UNKNOWN");
  });

  test.each([
    ["another key under the id of ours", {}],
    ["a key that it brings along", { jwk: { kty: "RSA", n: strangeKey.n, e: strangeKey.e } }],
    ["a key it says where to fetch", { jku: "http://127.0.0.1:1/", x5u: "http://127.0.0.1:1/" }],
  ])("%s", async (_, header) => {
    expect(await refusal(await craft({ header }, strangers.signing?.key))).toBe("TOKEN_INVALID");
  });
});

describe("a token that was changed, or is malformed, is refused:", () => {
  const other = encode({ ...JSON.parse(Buffer.from(body, "base64url").toString()), sub: "admin" });
  test.each([
    ["its claims", `${head}.${other}.${signature}`],
    ["its signature", `${head}.${body}.${signature.replace(/^./, (c) => (c === "A" ? "B" : "A"))}`],
    ["no signature", `${head}.${body}.`],
    ["a cut off signature", `${head}.${body}.${signature.slice(0, -4)}`],
    ["a part more", `${access.token}.${signature}`],
    ["another header", `${encode({ alg: "RS256", kid: ourKey.kid })}.${body}.${signature}`],
    ["padding", `${access.token}=`],
    ["a blank", `${head}.${body}. ${signature}`],
    ["a new line", `${access.token}\n`],
    ["two tokens", `${access.token}, ${access.token}`],
    ["nothing", ""],
    ["dots", ".."],
    ["a list as header", `${encode(["RS256"])}.${body}.${signature}`],
    ["no JSON", `${Buffer.from("{").toString("base64url")}.${body}.${signature}`],
    ["a million characters", "a".repeat(1e6)],
  ])("%s", async (_, token) => {
    expect(["TOKEN_INVALID", "TOKEN_ALGORITHM_REFUSED"]).toContain((await refusal(token)) ?? "");
    expect(await refusal(token)).not.toBe("taken");
  });

  test("one with a valid signature that is too long", async () => {
    expect(await refusal(await craft({ payload: { x: "x".repeat(4_096) } }))).toBe("TOKEN_INVALID");
  });

  test("one whose signature is over a body that is not encoded", async () => {
    const token = await craft({ header: { b64: false, crit: ["b64"] } }).catch(() => "");
    const critical = { alg: "RS256", typ: "at+jwt", kid: ourKey.kid, crit: ["x"], x: 1 };
    const crafted = `${encode(critical)}.${body}.${signature}`;
    for (const one of [token, crafted]) expect(await refusal(one)).toBe("TOKEN_INVALID");
  });
});

describe("claims that we never issue are refused, though the signature is valid:", () => {
  test.each([
    ["another issuer", { iss: "evil" }, "TOKEN_ISSUER_WRONG"],
    ["no issuer", { iss: undefined }, "TOKEN_ISSUER_WRONG"],
    ["another audience", { aud: "other" }, "TOKEN_AUDIENCE_WRONG"],
    ["no end", { exp: undefined }, "TOKEN_INVALID"],
    ["an end in words", { exp: "2099-01-01" }, "TOKEN_INVALID"],
    ["expired", { exp: now / 1000 - 1 }, "TOKEN_EXPIRED"],
    ["no beginning", { iat: undefined }, "TOKEN_INVALID"],
    ["no user", { sub: undefined }, "TOKEN_INVALID"],
    ["a user that is no id", { sub: "a b" }, "TOKEN_INVALID"],
    ["a user with a key in its name", { sub: "x:y" }, "TOKEN_INVALID"],
    ["no provider", { provider: undefined }, "TOKEN_INVALID"],
    ["a session that is no UUID", { sid: "1" }, "TOKEN_INVALID"],
    ["no id of its own", { jti: undefined }, "TOKEN_INVALID"],
  ])("%s", async (_, payload, code) => {
    expect(await refusal(await craft({ payload }))).toBe(code);
  });
});

test("a broken signature hides what the claims say", async () => {
  for (const payload of [{ iss: "evil" }, { aud: "x" }, { exp: 1 }]) {
    const token = await craft({ payload }, strangers.signing?.key);
    expect(await refusal(token)).toBe("TOKEN_INVALID");
  }
});
