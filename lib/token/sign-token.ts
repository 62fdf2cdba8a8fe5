import { SignJWT } from "jose";
import type { KeySet } from "./key-set.ts";
import {
  algorithm,
  audiences,
  type Claims,
  issuer,
  livesS,
  type TokenKind,
  types,
} from "./token.ts";

/**
 * Signs a token with the lifetime of its kind.
 *
 * @param now milliseconds since the Unix epoch.
 * @throws Error in a process that has public keys alone.
 */
export async function signToken(
  { signing }: Pick<KeySet, "signing">,
  kind: TokenKind,
  { sub, provider, sid, jti }: Omit<Claims, "exp">,
  now: number,
): Promise<{ token: string; expiresAt: Date }> {
  if (!signing) throw new Error("AUTH_KEYS holds no private key to sign with");
  const issuedAtS = Math.floor(now / 1000);
  const expiresAtS = issuedAtS + livesS[kind];
  const token = await new SignJWT({ provider, sid })
    .setProtectedHeader({ alg: algorithm, typ: types[kind], kid: signing.kid })
    .setIssuer(issuer)
    .setAudience(audiences[kind])
    .setSubject(sub)
    .setJti(jti)
    .setIssuedAt(issuedAtS)
    .setExpirationTime(expiresAtS)
    .sign(signing.key);
  return { token, expiresAt: new Date(expiresAtS * 1000) };
}
