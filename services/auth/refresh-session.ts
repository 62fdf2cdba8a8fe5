import type { Clock } from "#lib/clock/clock.ts";
import type { Revocation } from "#lib/contract/revocation.ts";
import { Fault } from "#lib/error/fault.ts";
import { exhaustedRefreshes, type RefreshRateLimit } from "./refresh-rate-limit.ts";
import {
  type Issuer,
  refreshedSession,
  type Session,
  type TokenClaims,
  type TokenExpiry,
  type TokenPair,
} from "./session.ts";

export interface RefreshDeps {
  readonly clock: Clock;
  /** The refreshes in progress in this process, by the `jti` of their token. */
  readonly refreshing: Map<string, Promise<TokenPair>>;
  readonly refreshLimit: Pick<RefreshRateLimit, "isReached" | "count">;
  readonly tokens: Issuer & {
    /** @throws Fault `TOKEN_…`. */
    verifyRefresh(token: string): Promise<TokenClaims>;
  };
  readonly sessions: {
    /**
     * Atomically gives the session its new pair if its refresh token is still `refreshJti`. Of any
     * number of concurrent calls one is `rotated`.
     */
    rotate(
      session: Session,
      refreshJti: string,
      expiry: TokenExpiry,
      now: number,
    ): Promise<Rotation>;
    /** As in `EndDeps`. */
    remove(sid: string, now: number): Promise<Revocation | undefined>;
  };
  /** This process's own list, as in `EndDeps`. */
  readonly revocations: { add(revocation: Revocation): void };
  /** A refresh token was used long after it was replaced: somebody may have a copy. */
  onReuse(claims: TokenClaims): void;
}

export type Rotation =
  | { readonly kind: "rotated" }
  /** The token was replaced within `replacedGraceMs`; `current` was issued at `refreshedAt`. */
  | { readonly kind: "repeated"; readonly current: Session; readonly refreshedAt: number }
  | { readonly kind: "reused" }
  | { readonly kind: "gone" };

/**
 * Refresh token rotation with reuse detection: swaps a refresh token for a new pair, once. The same
 * token within the grace period gets that same pair again: two tabs raced, or the response was
 * lost. Later use means that the token was copied, and thief and owner cannot be distinguished, so
 * the session ends.
 *
 * A thief who is within the grace period holds the owner's own pair. Both refresh it hours later:
 * the second of them is reuse and ends the session, as if the thief had been first.
 *
 * @throws Fault `UNAUTHENTICATED` without a token, `TOKEN_…`, `REFRESH_TOKEN_REUSED`,
 * `RATE_LIMITED`, `UNAVAILABLE`.
 */
export async function refreshSession(
  deps: RefreshDeps,
  token: string | undefined,
): Promise<TokenPair> {
  if (!token) throw new Fault("UNAUTHENTICATED");
  const claims = await deps.tokens.verifyRefresh(token);
  // Tabs that wake up together share one rotation: each would wait for the row's lock by itself.
  const running = deps.refreshing.get(claims.jti);
  if (running !== undefined) return running;
  const refreshing = rotate(deps, claims).finally(() => deps.refreshing.delete(claims.jti));
  deps.refreshing.set(claims.jti, refreshing);
  return refreshing;
}

async function rotate(deps: RefreshDeps, claims: TokenClaims): Promise<TokenPair> {
  const { sessions, tokens, refreshLimit, revocations } = deps;
  const session = refreshedSession(claims);
  const now = deps.clock.now();
  if (refreshLimit.isReached(claims.sub, now)) {
    throw new Fault("RATE_LIMITED", { quota: exhaustedRefreshes(now) });
  }
  const rotation = await sessions.rotate(session, claims.jti, tokens.expiryAt(now), now);
  switch (rotation.kind) {
    case "rotated":
      refreshLimit.count(claims.sub, now);
      return tokens.issue(session, now);
    case "repeated":
      return tokens.issue(rotation.current, rotation.refreshedAt);
    case "reused": {
      const revoked = await sessions.remove(claims.sid, now);
      if (revoked) revocations.add(revoked);
      deps.onReuse(claims);
      throw new Fault("REFRESH_TOKEN_REUSED");
    }
    case "gone":
      throw new Fault("TOKEN_REVOKED");
  }
}
