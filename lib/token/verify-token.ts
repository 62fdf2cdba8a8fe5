import { type CryptoKey, decodeProtectedHeader, errors, jwtVerify } from "jose";
import * as v from "valibot";
import { Fault } from "#lib/error/fault.ts";
import type { FaultCode } from "#lib/error/fault-table.ts";
import type { KeySet } from "./key-set.ts";
import { algorithm, audiences, Claims, issuer, type TokenKind, types } from "./token.ts";

/** Ours have about 700. */
const tokenCharsMax = 4_096;
/** A compact JWS, strictly: a lenient decoder would accept many spellings of one token. */
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * Verifies a token of the expected kind and returns its claims. Before the signature is verified
 * only the header is read, and it only selects one of our own keys; RS256 is the only algorithm.
 *
 * @param options `now` in milliseconds since the Unix epoch; `isExpiredFine` for logout.
 * @throws Fault `TOKEN_INVALID`, `TOKEN_EXPIRED`, `TOKEN_ALGORITHM_REFUSED`, `TOKEN_KEY_UNKNOWN`,
 * `TOKEN_ISSUER_WRONG` or `TOKEN_AUDIENCE_WRONG`: which of them is for the log and for tests.
 */
export async function verifyToken(
  keys: Pick<KeySet, "find">,
  token: string,
  kind: TokenKind,
  { now = Date.now(), isExpiredFine = false }: { now?: number; isExpiredFine?: boolean } = {},
): Promise<Claims> {
  const key = findKey(keys, token);
  const payload = await jwtVerify(token, key, {
    algorithms: [algorithm],
    typ: types[kind],
    issuer,
    audience: audiences[kind],
    requiredClaims: ["exp", "iat"],
    // At time 0 nothing has expired; our tokens have no `nbf`.
    currentDate: new Date(isExpiredFine ? 0 : now),
    clockTolerance: 0,
  }).then(
    (verified) => verified.payload,
    (error: unknown) => {
      throw new Fault(codeOf(error, kind), { cause: error });
    },
  );
  const claims = v.safeParse(Claims, payload);
  if (!claims.success) throw new Fault("TOKEN_INVALID");
  return claims.output;
}

function findKey(keys: Pick<KeySet, "find">, token: string): CryptoKey {
  const { alg, kid } = readHeader(token);
  // Before a key is looked up: no other algorithm may use a public key of ours as its secret.
  if (alg !== algorithm) throw new Fault("TOKEN_ALGORITHM_REFUSED");
  const key = typeof kid === "string" ? keys.find(kid) : undefined;
  if (!key) throw new Fault("TOKEN_KEY_UNKNOWN");
  return key;
}

function readHeader(token: string) {
  if (token.length > tokenCharsMax) throw new Fault("TOKEN_INVALID");
  try {
    const header = decodeProtectedHeader(token);
    // Other algorithms are refused by the caller; `none` has no signature that could match.
    if (header.alg !== algorithm || COMPACT.test(token)) return header;
  } catch (cause) {
    throw new Fault("TOKEN_INVALID", { cause });
  }
  throw new Fault("TOKEN_INVALID");
}

function codeOf(error: unknown, kind: TokenKind): FaultCode {
  if (error instanceof errors.JWTExpired) return "TOKEN_EXPIRED";
  if (!(error instanceof errors.JWTClaimValidationFailed)) return "TOKEN_INVALID";
  const { claim, payload } = error;
  if (claim === "iss") return "TOKEN_ISSUER_WRONG";
  if (claim === "aud") return "TOKEN_AUDIENCE_WRONG";
  // The library checks `typ` before `aud`: a token of the other kind fails there, and its `aud`
  // identifies it.
  const other = kind === "access" ? audiences.refresh : audiences.access;
  return claim === "typ" && payload.aud === other ? "TOKEN_AUDIENCE_WRONG" : "TOKEN_INVALID";
}
