import type { Clock } from "#lib/clock/clock.ts";
import type { Revocation } from "#lib/contract/revocation.ts";
import { Fault } from "#lib/error/fault.ts";
import type { EndDeps } from "./end-session.ts";
import { paceResetMs, type RefreshPace } from "./refresh-pace.ts";
import {
  type Ends,
  type Issuer,
  refreshedSession,
  type Session,
  type TokenClaims,
  type TokenPair,
} from "./session.ts";

export interface RefreshDeps extends Issuer, Pick<EndDeps, "removeSession" | "revocations"> {
  readonly clock: Clock;
  readonly pace: Pick<RefreshPace, "hasRoom" | "count">;
  /** @throws Fault `TOKEN_…`. */
  verifyRefresh(token: string): Promise<TokenClaims>;
  /**
   * In one step: gives the session its new pair if its refresh token is still `refreshJti`, and revokes the
   * access token it had. Of any number at once one is `rotated`.
   */
  rotate(session: Session, refreshJti: string, ends: Ends, now: number): Promise<Rotation>;
  /** A refresh token came twice: somebody may have a copy. */
  onReuse(claims: TokenClaims): void;
}

export type Rotation =
  | { readonly kind: "rotated"; readonly revoked: Revocation | undefined }
  /** Another refresh was first. */
  | { readonly kind: "lost"; readonly refreshedAt: number }
  | { readonly kind: "gone" };

/**
 * Swaps a refresh token for a new pair, once. A token that comes a second time has a copy, and which of the
 * two is the thief's cannot be told: the session ends. Unless the second request was here before the
 * first was answered: then it is two tabs that woke up together, and the loser has nothing to do, since
 * the browser gets the new pair from the other.
 *
 * @param arrivedAt when the request came at the earliest (`refresh-burst.ts`).
 * @throws Fault `UNAUTHENTICATED` without a token, `TOKEN_…`, `REFRESH_SUPERSEDED`,
 * `REFRESH_TOKEN_REUSED`, `RATE_LIMITED`, `UNAVAILABLE`.
 */
export async function refreshSession(
  deps: RefreshDeps,
  token: string | undefined,
  arrivedAt: number,
): Promise<TokenPair> {
  if (!token) throw new Fault("UNAUTHENTICATED");
  const claims = await deps.verifyRefresh(token);
  const session = refreshedSession(claims);
  const now = deps.clock.now();
  if (!deps.pace.hasRoom(claims.sub, now)) {
    throw new Fault("RATE_LIMITED", { retryAfterMs: paceResetMs(now) });
  }
  const rotation = await deps.rotate(session, claims.jti, deps.ends(now), now);
  switch (rotation.kind) {
    case "rotated":
      deps.pace.count(claims.sub, now);
      if (rotation.revoked) deps.revocations.add(rotation.revoked);
      // Only now: a thousand that lose sign nothing.
      return deps.issue(session, now);
    case "lost": {
      if (arrivedAt <= rotation.refreshedAt) throw new Fault("REFRESH_SUPERSEDED");
      const revoked = await deps.removeSession(claims.sid, now);
      if (revoked) deps.revocations.add(revoked);
      deps.onReuse(claims);
      throw new Fault("REFRESH_TOKEN_REUSED");
    }
    case "gone":
      throw new Fault("TOKEN_REVOKED");
  }
}
