/**
 * A session is one sign-in and all that is refreshed from it. It is open while it has a row, and its tokens
 * of now are the two that the row names:
 *
 * open ─ refresh → open, with a new pair ─ logout, a refresh token that came twice, deletion of the
 * account, or 30 days without a refresh → gone, for good.
 */
export interface Session {
  /** `sid` of its tokens. */
  readonly id: string;
  readonly userId: string;
  readonly provider: string;
  /** `jti` of the tokens of now. */
  readonly accessJti: string;
  readonly refreshJti: string;
}

/** When the tokens that are made now end, to the second and not before they do. */
export interface Ends {
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
  ends(now: number): Ends;
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
