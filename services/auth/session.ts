/**
 * A session: one sign-in and every refresh since. It is open while it has a row, and the row names
 * its two current tokens.
 *
 *   open ── refresh ──▶ open, with a new pair of tokens; the replaced pair lives on for half a minute
 *   open ── logout · reuse of a refresh token · account deletion · 30 days unused ──▶ gone
 *
 * A session that is gone never comes back.
 */
export interface Session {
  /** `sid` of its tokens. */
  readonly id: string;
  readonly userId: string;
  readonly provider: string;
  /** `jti` of the current tokens. */
  readonly accessJti: string;
  readonly refreshJti: string;
}

/**
 * How long a replaced pair lives on: its refresh token gets the current pair again, its access token
 * stays valid. Longer than a client retries a request whose response was lost.
 */
export const replacedGraceMs = 30_000;

/**
 * When tokens issued now expire; never earlier than the tokens themselves, which count whole
 * seconds.
 */
export interface TokenExpiry {
  readonly access: Date;
  readonly refresh: Date;
}

export interface IssuedToken {
  readonly token: string;
  readonly expiresAt: Date;
}

export interface TokenPair {
  readonly access: IssuedToken;
  readonly refresh: IssuedToken;
}

/** What a verified token says of its session. */
export interface TokenClaims {
  readonly sub: string;
  readonly provider: string;
  readonly sid: string;
  readonly jti: string;
}

/** Signs a session's tokens. */
export interface Issuer {
  /** @param now milliseconds since the Unix epoch, as everywhere here. */
  expiryAt(now: number): TokenExpiry;
  /** Deterministic: the same session and `now` give the same pair. */
  issue(session: Session, now: number): Promise<TokenPair>;
}

export function openedSession(userId: string, provider: string): Session {
  return withNewPair({ id: crypto.randomUUID(), userId, provider });
}

export function refreshedSession({ sid: id, sub: userId, provider }: TokenClaims): Session {
  return withNewPair({ id, userId, provider });
}

function withNewPair(session: Pick<Session, "id" | "userId" | "provider">): Session {
  return { ...session, accessJti: crypto.randomUUID(), refreshJti: crypto.randomUUID() };
}
