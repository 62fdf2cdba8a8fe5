import QuickLRU from "quick-lru";
import { type Clock, systemClock } from "#lib/clock/clock.ts";
import { Fault } from "#lib/error/fault.ts";
import type { KeySet } from "./key-set.ts";
import type { RevocationList } from "./revocation-list.ts";
import type { Claims } from "./token.ts";
import { verifyToken } from "./verify-token.ts";

/** Resolves with the claims of an access token that is valid now and not revoked. @throws Fault */
export type Verify = (token: string) => Promise<Claims>;

/** About as many users within a token's three hours have each signature verified once. */
const cacheDefaultMax = 50_000;

/**
 * Verifies access tokens, with an LRU cache in front of the signature check. Expiry and revocation
 * are checked on every call. Refused tokens are not cached: strangers could fill the cache with
 * them.
 *
 * @param options.cacheMax tokens in the cache, at most.
 * @returns a function that throws a Fault `TOKEN_…` for an invalid token, and `UNAVAILABLE` while
 * the revocation list may be stale, since a revoked token could pass then.
 */
export function createVerifier({
  keys,
  revocations,
  clock = systemClock,
  cacheMax = cacheDefaultMax,
}: {
  readonly keys: Pick<KeySet, "find">;
  readonly revocations: Pick<RevocationList, "has" | "isCurrent">;
  readonly clock?: Clock;
  readonly cacheMax?: number;
}): Verify {
  // The LRU keeps up to twice its `maxSize`.
  const verified = new QuickLRU<string, Claims>({ maxSize: Math.ceil(cacheMax / 2) });
  return async function verify(token) {
    const now = clock.now();
    if (!revocations.isCurrent(now)) throw new Fault("UNAVAILABLE");
    const cached = verified.get(token);
    const claims = cached ?? (await verifyToken(keys, token, "access", { now }));
    if (claims.exp * 1000 <= now) throw new Fault("TOKEN_EXPIRED");
    if (revocations.has(claims)) throw new Fault("TOKEN_REVOKED");
    if (!cached) verified.set(token, claims);
    return claims;
  };
}
