import type { Clock } from "#lib/clock/clock.ts";
import type { Revocation } from "#lib/contract/revocation.ts";
import { Fault } from "#lib/error/fault.ts";
import { type RefreshRateLimit, refreshLimitResetMs } from "./refresh-rate-limit.ts";
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
  readonly refreshLimit: Pick<RefreshRateLimit, "isReached" | "count">;
  readonly tokens: Issuer & {
    /** @throws Fault `TOKEN_…`. */
    verifyRefresh(token: string): Promise<TokenClaims>;
  };
  readonly sessions: {
    /**
     * Atomically gives the session its new pair if its refresh token is still `refreshJti`, and
     * revokes its previous access token. Of any number of concurrent calls one is `rotated`.
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
  /** A refresh token was used twice: somebody may have a copy. */
  onReuse(claims: TokenClaims): void;
}

export type Rotation =
  | { readonly kind: "rotated"; readonly revoked: Revocation | undefined }
  /** Another refresh was first. */
  | { readonly kind: "lost"; readonly refreshedAt: number }
  | { readonly kind: "gone" };

/**
 * Refresh token rotation with reuse detection: swaps a refresh token for a new pair, once. A second
 * use means that the token was copied, and thief and owner cannot be distinguished, so the session
 * ends. A request that arrived before the first one's rotation was stored is no reuse: two tabs
 * raced, and the browser gets its new pair from the response to the other.
 *
 * @param arrivedAt the earliest time the request may have arrived
 * (`concurrent-refresh-windows.ts`).
 * @throws Fault `UNAUTHENTICATED` without a token, `TOKEN_…`, `REFRESH_SUPERSEDED`,
 * `REFRESH_TOKEN_REUSED`, `RATE_LIMITED`, `UNAVAILABLE`.
 */
export async function refreshSession(
  deps: RefreshDeps,
  token: string | undefined,
  arrivedAt: number,
): Promise<TokenPair> {
  const { sessions, tokens, refreshLimit, revocations } = deps;
  if (!token) throw new Fault("UNAUTHENTICATED");
  const claims = await tokens.verifyRefresh(token);
  const session = refreshedSession(claims);
  const now = deps.clock.now();
  if (refreshLimit.isReached(claims.sub, now)) {
    throw new Fault("RATE_LIMITED", { retryAfterMs: refreshLimitResetMs(now) });
  }
  const rotation = await sessions.rotate(session, claims.jti, tokens.expiryAt(now), now);
  switch (rotation.kind) {
    case "rotated":
      refreshLimit.count(claims.sub, now);
      if (rotation.revoked) revocations.add(rotation.revoked);
      // Signed only now: concurrent requests that lose cost no signature.
      return tokens.issue(session, now);
    case "lost": {
      if (arrivedAt <= rotation.refreshedAt) throw new Fault("REFRESH_SUPERSEDED");
      const revoked = await sessions.remove(claims.sid, now);
      if (revoked) revocations.add(revoked);
      deps.onReuse(claims);
      throw new Fault("REFRESH_TOKEN_REUSED");
    }
    case "gone":
      throw new Fault("TOKEN_REVOKED");
  }
}
