import { describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import type { Caller } from "./authenticate.ts";
import { createProofAuthenticator, proofHeader, signProof } from "./internal-proof.ts";

const secret = "0123456789abcdef0123456789abcdef";
const now = Date.parse("2026-05-05T05:05:05.500Z");
const ann: Caller = { userId: "ann", provider: "google", sessionId: crypto.randomUUID() };

/** Who a service that runs alone takes a request for. */
function read(headers: Record<string, string>, at = now) {
  const authenticate = createProofAuthenticator(secret, { now: () => at });
  return authenticate({ method: "GET", path: "/mine", headers: new Headers(headers) });
}
const shown = (proof: string, rest: Record<string, string> = {}) =>
  read({ ...rest, [proofHeader]: proof });
/** As whoever knows the secret could sign anything. */
function signed(text: string): string {
  const mac = createHmac("sha256", secret).update(text).digest("base64url");
  return `${text}.${mac}`;
}
const encoded = (claims: object) => Buffer.from(JSON.stringify(claims)).toString("base64url");

describe("a service that runs alone takes a request for", () => {
  test("the caller of the gatekeeper's proof, with or without a session", async () => {
    expect(await shown(signProof(secret, ann, now))).toEqual(ann);
    const bob = { userId: "bob", provider: "dev" };
    expect(await shown(signProof(secret, bob, now))).toEqual({ ...bob, sessionId: undefined });
  });

  test("that caller also when the client says it is somebody else", async () => {
    const proof = signProof(secret, ann, now);
    expect(await shown(proof, { "x-user-id": "bob", "x-auth-provider": "dev" })).toEqual(ann);
  });

  test("nobody without a proof, whatever the client says of itself", async () => {
    expect(await read({ "x-user-id": "bob" })).toBeUndefined();
    expect(await read({})).toBeUndefined();
  });

  test("nobody when the proof is older than a minute", async () => {
    const headers = { [proofHeader]: signProof(secret, ann, now) };
    expect(await read(headers, now + 59_999)).toEqual(ann);
    expect(await read(headers, now + 60_000)).toBeUndefined();
  });

  test("nobody when the proof was signed with another secret, or changed in any place", async () => {
    const proof = signProof(secret, ann, now);
    expect(await shown(signProof(`${secret}x`, ann, now))).toBeUndefined();
    for (let at = 0; at < proof.length; at++) {
      const other = proof[at] === "A" ? "B" : "A";
      expect(await shown(proof.slice(0, at) + other + proof.slice(at + 1))).toBeUndefined();
    }
    const [text = "", mac = ""] = proof.split(".");
    const [bobs = ""] = signProof(secret, { ...ann, userId: "bob" }, now).split(".");
    for (const forged of [
      `${bobs}.${mac}`,
      text,
      `.${mac}`,
      `${text}.`,
      `${proof}, ${proof}`,
      "",
    ]) {
      expect(await shown(forged)).toBeUndefined();
    }
  });

  test.each([
    ["another audience", { aud: "eco2-api" }],
    ["no audience", { aud: undefined }],
    ["no expiry", { exp: undefined }],
    ["a user id that is none", { sub: "a b" }],
    ["no user", { sub: undefined }],
  ])("nobody when something else was signed: %s", async (_, change) => {
    const claims = { aud: "eco2-services", sub: "ann", provider: "google", exp: now + 1 };
    expect(await shown(signed(encoded(claims)))).toMatchObject({ userId: "ann" });
    expect(await shown(signed(encoded({ ...claims, ...change })))).toBeUndefined();
    expect(await shown(signed("not-json"))).toBeUndefined();
  });

  test("whom `X-User-ID` names, in development without a secret", async () => {
    const authenticate = createProofAuthenticator(undefined);
    const claimed = (headers: Record<string, string>) =>
      authenticate({ method: "GET", path: "/mine", headers: new Headers(headers) });
    expect(await claimed({ "x-user-id": "bob" })).toEqual({ userId: "bob", provider: "dev" });
    expect(await claimed({ "x-user-id": "a b" })).toBeUndefined();
    expect(await claimed({})).toBeUndefined();
  });
});
