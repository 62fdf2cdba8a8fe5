import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { type KeySet, makeKey, openKeySet } from "./key-set.ts";
import { KeySetJson } from "./key-set-json.ts";
import { signToken } from "./sign-token.ts";
import { verifyToken } from "./verify-token.ts";

const [older, newer] = await Promise.all([makeKey(), makeKey()]);
const claims = {
  sub: "u",
  provider: "google",
  sid: crypto.randomUUID(),
  jti: crypto.randomUUID(),
};
const sign = async (keys: KeySet) => (await signToken(keys, "access", claims, Date.now())).token;
const isTaken = (keys: KeySet, token: string) =>
  verifyToken(keys, token, "access").then(
    ({ sub }) => sub === "u",
    () => false,
  );

describe("a new key", () => {
  test("is accepted by the configuration, and its id is its thumbprint", async () => {
    expect(v.is(KeySetJson, { keys: [older, newer] })).toBe(true);
    expect(older.kid).toMatch(/^[\w-]{43}$/);
    const again = await openKeySet({ keys: [older] });
    expect(await isTaken(again, await sign(again))).toBe(true);
  });

  test("is made where none is given, for this process alone", async () => {
    const [one, other] = await Promise.all([openKeySet(undefined), openKeySet(undefined)]);
    const token = await sign(one);
    expect([await isTaken(one, token), await isTaken(other, token)]).toEqual([true, false]);
  });
});

test("keys rotate without a token being refused by processes one step ahead or behind", async () => {
  const steps = [[older], [older, newer], [newer, older], [newer]];
  const sets = await Promise.all(steps.map((keys) => openKeySet({ keys })));
  for (const [step, signing] of sets.entries()) {
    const beside = sets.slice(Math.max(0, step - 1), step + 2);
    const token = await sign(signing);
    expect(await Promise.all(beside.map((keys) => isTaken(keys, token)))).not.toContain(false);
  }
  const [oldOnly, both, , newOnly] = sets;
  expect([oldOnly?.signing?.kid, both?.signing?.kid]).toEqual([older.kid, older.kid]);
  expect(newOnly && oldOnly && (await isTaken(newOnly, await sign(oldOnly)))).toBe(false);
});

describe("the published key set", () => {
  test("holds all public halves, and nothing else", async () => {
    const { jwks } = await openKeySet({ keys: [older, newer] });
    expect(jwks.keys).toEqual(
      [older, newer].map(({ kty, kid, n, e }) => ({ kty, kid, n, e, alg: "RS256", use: "sig" })),
    );
  });

  test("is enough for a gatekeeper, which then cannot sign", async () => {
    const { jwks, ...auth } = await openKeySet({ keys: [older] });
    const gatekeeper = await openKeySet(v.parse(KeySetJson, jwks));
    expect(gatekeeper.signing).toBeUndefined();
    expect(await isTaken(gatekeeper, await sign({ ...auth, jwks }))).toBe(true);
    expect(sign(gatekeeper)).rejects.toThrow("no private key");
  });
});

describe("an unusable key stops the start, named by its id alone:", () => {
  test.each([
    ["half of a private key", { ...older, p: undefined, q: undefined }],
    ["the halves of two keys", { ...newer, n: older.n, kid: "mixed" }],
    ["no modulus", { ...older, n: "A".repeat(342), kid: "zero" }],
  ])("%s", async (_, key) => {
    const error: unknown = await openKeySet({ keys: [key] }).catch((thrown) => thrown);
    expect(error).toMatchObject({
      name: "BootError",
      message: `AUTH_KEYS: key ${key.kid} cannot be used; \`bun run keys\` makes one`,
    });
    expect(error).not.toHaveProperty("cause");
  });
});
