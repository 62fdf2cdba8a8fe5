import { createHmac, timingSafeEqual } from "node:crypto";
import * as v from "valibot";
import { type Clock, systemClock } from "#lib/clock/clock.ts";
import { USER_ID } from "#lib/contract/user-id.ts";
import type { Authenticate, Caller } from "./authenticate.ts";
import { Claims } from "./token.ts";

/** The header with the proof, next to `X-User-ID`. */
export const proofHeader = "x-internal-auth";

/** Longer than a request waits in the proxy; clocks may differ by as much. */
const livesMs = 60_000;

const ProofClaims = v.object({
  /** Nothing else that the secret may come to sign is taken for a proof. */
  aud: v.literal("eco2-services"),
  sub: Claims.entries.sub,
  provider: Claims.entries.provider,
  sid: v.optional(Claims.entries.sid),
  /** Milliseconds since the Unix epoch. */
  exp: v.number(),
});
type ProofClaims = v.InferOutput<typeof ProofClaims>;

/**
 * Signs the gatekeeper's proof of who is behind a request: claims as JSON and their HMAC-SHA-256, both
 * in base64url, with a dot between. Good for a minute, and for that caller alone.
 *
 * @param secret `INTERNAL_SECRET`, the same in the gatekeeper and in every service that runs alone.
 */
export function signProof(secret: string, caller: Caller, now = Date.now()): string {
  const { userId: sub, provider, sessionId: sid } = caller;
  const claims: ProofClaims = { aud: "eco2-services", sub, provider, sid, exp: now + livesMs };
  const text = Buffer.from(JSON.stringify(claims)).toString("base64url");
  return `${text}.${hmac(secret, text)}`;
}

/**
 * Authenticates the requests of a service that runs alone, behind the gatekeeper's process: the caller
 * is the one of the proof, whatever `X-User-ID` says. A request without a valid proof is anonymous.
 * Without a secret, which only development allows, `X-User-ID` is believed as it is.
 */
export function createProofAuthenticator(
  secret: string | undefined,
  clock: Clock = systemClock,
): Authenticate {
  if (secret === undefined) return async ({ headers }) => asClaimed(headers.get("x-user-id"));
  return async ({ headers }) => readProof(secret, headers.get(proofHeader), clock.now());
}

/** A proof is some 250 characters. */
const PROOF = /^([\w-]{1,1000})\.([\w-]{43})$/;
const Parsed = v.pipe(v.string(), v.parseJson(), ProofClaims);

function readProof(secret: string, proof: string | null, now: number): Caller | undefined {
  const [, text, mac] = PROOF.exec(proof ?? "") ?? [];
  if (text === undefined || mac === undefined) return undefined;
  if (!timingSafeEqual(Buffer.from(hmac(secret, text)), Buffer.from(mac))) return undefined;
  const claims = v.safeParse(Parsed, Buffer.from(text, "base64url").toString());
  if (!claims.success || claims.output.exp <= now) return undefined;
  const { sub, provider, sid } = claims.output;
  return { userId: sub, provider, sessionId: sid };
}

function hmac(secret: string, text: string): string {
  return createHmac("sha256", secret).update(text).digest("base64url");
}

function asClaimed(userId: string | null): Caller | undefined {
  return userId !== null && USER_ID.test(userId) ? { userId, provider: "dev" } : undefined;
}
