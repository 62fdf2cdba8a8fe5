import { describe, expect, test } from "bun:test";
import { revocationKeys } from "#lib/contract/revocation.ts";
import { makeKey, openKeySet } from "./key-set.ts";
import { RevocationList } from "./revocation-list.ts";
import { signToken } from "./sign-token.ts";
import type { TokenKind } from "./token.ts";
import { createVerifier } from "./verifier.ts";

const keys = await openKeySet({ keys: [await makeKey()] });

/** A verifier at a time of its own, and how often it has looked for a key: once a signature. */
function given({ cacheMax = 100 } = {}) {
  let now = Date.UTC(2026, 0, 1);
  let signatures = 0;
  const revocations = new RevocationList();
  revocations.isFollowed = true;
  const verify = createVerifier({
    keys: {
      find: (kid) => {
        signatures++;
        return keys.find(kid);
      },
    },
    revocations,
    clock: { now: () => now },
    cacheMax,
  });
  const code = (token: string) =>
    verify(token).then(
      () => "accepted",
      (fault: { code?: string }) => fault.code,
    );
  const token = async (kind: TokenKind = "access") => {
    const ids = { sid: crypto.randomUUID(), jti: crypto.randomUUID() };
    return (await signToken(keys, kind, { sub: "u", provider: "dev", ...ids }, now)).token;
  };
  const claimsOf = (one: string) =>
    JSON.parse(Buffer.from(one.split(".")[1] ?? "", "base64url").toString());
  return {
    ...{ revocations, verify, code, token, claimsOf },
    signatures: () => signatures,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

describe("a verified token", () => {
  test("has its signature verified once, however often it comes", async () => {
    const { token, code, signatures } = given();
    const one = await token();
    expect([await code(one), await code(one), await code(one)]).toEqual(Array(3).fill("accepted"));
    expect(signatures()).toBe(1);
  });

  test("expires also while it is cached", async () => {
    const { token, code, pass } = given();
    const one = await token();
    expect(await code(one)).toBe("accepted");
    pass(3 * 3_600_000 - 1);
    expect(await code(one)).toBe("accepted");
    pass(1);
    expect(await code(one)).toBe("TOKEN_EXPIRED");
  });

  test.each(["token", "session", "user"] as const)(
    "is refused from the moment its %s is revoked, cached or not",
    async (what) => {
      const { token, code, claimsOf, revocations } = given();
      const [known, unknown] = [await token(), await token()];
      expect(await code(known)).toBe("accepted");
      for (const one of [known, unknown]) {
        const { jti, sid, sub } = claimsOf(one);
        const key = revocationKeys[what]({ token: jti, session: sid, user: sub }[what]);
        revocations.add({ key, expires_at: Number.MAX_SAFE_INTEGER });
        expect(await code(one)).toBe("TOKEN_REVOKED");
      }
    },
  );
});

describe("a refused token", () => {
  test("is not cached: strangers cannot fill the cache", async () => {
    const { code, token, signatures } = given();
    const changed = (await token()).replace(/.$/, (c) => (c === "A" ? "Q" : "A"));
    const refresh = await token("refresh");
    for (const bad of [changed, changed, refresh, refresh])
      expect(await code(bad)).not.toBe("accepted");
    expect(signatures()).toBe(4);
  });
});

describe("the cache", () => {
  test("is bounded: the least recently used token is dropped, and verified anew", async () => {
    const { token, code, signatures } = given({ cacheMax: 4 });
    const kept = await token();
    const left = await token();
    for (const one of [kept, left]) await code(one);
    for (let i = 0; i < 20; i++) {
      await code(await token());
      await code(kept);
    }
    expect(signatures()).toBe(22);
    await code(left);
    expect(signatures()).toBe(23);
  });
});

test("while the revocation list may be stale every token is refused, cached or not", async () => {
  const { token, code, revocations } = given();
  const [known, unknown] = [await token(), await token()];
  await code(known);
  revocations.isFollowed = false;
  expect([await code(known), await code(unknown)]).toEqual(["UNAVAILABLE", "UNAVAILABLE"]);
  revocations.isFollowed = true;
  expect([await code(known), await code(unknown)]).toEqual(["accepted", "accepted"]);
});
