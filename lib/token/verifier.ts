import { type Clock, systemClock } from "#lib/clock/clock.ts";
import { Fault } from "#lib/error/fault.ts";
import type { KeySet } from "./key-set.ts";
import type { RevocationList } from "./revocation-list.ts";
import type { Claims } from "./token.ts";
import { verifyToken } from "./verify-token.ts";

/** An access token is good, now, and not revoked. @throws Fault */
export type Verify = (token: string) => Promise<Claims>;

/** As many users within the three hours that a token lives are verified once each. */
const cacheDefaultMax = 50_000;

/**
 * Verifies access tokens, each signature once: what was verified is remembered, whereas expiry and
 * the revocation list are looked at every time. What was refused is not remembered, or strangers would fill the memory.
 *
 * @returns what throws a Fault `TOKEN_…` for a token that is no good, and `UNAVAILABLE` while the revocation list
 * may have missed something: then nobody is let in, since it might be somebody who was put out.
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
  const verified = new Generations<Claims>(cacheMax);
  return async function verify(token) {
    const now = clock.now();
    if (!revocations.isCurrent(now)) throw new Fault("UNAVAILABLE");
    const known = verified.get(token);
    const claims = known ?? (await verifyToken(keys, token, "access", { now }));
    if (claims.exp * 1000 <= now) throw new Fault("TOKEN_EXPIRED");
    if (revocations.has(claims)) throw new Fault("TOKEN_REVOKED");
    if (!known) verified.set(token, claims);
    return claims;
  };
}

/**
 * A bounded map that forgets what has not been asked for longest. Two maps, of which the older goes at
 * once when the younger is full: taking single oldest entries out of a large map is slow, since each search
 * for the oldest passes by all that went before.
 */
class Generations<T> {
  readonly #youngMax: number;
  #young = new Map<string, T>();
  #old = new Map<string, T>();

  constructor(max: number) {
    this.#youngMax = Math.ceil(max / 2);
  }

  get(key: string): T | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: T): void {
    if (this.#young.size >= this.#youngMax) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }
}
