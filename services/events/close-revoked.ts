import type { Hub } from "./hub.ts";

/** The sessions and users that were revoked, as `RevocationList` has them. */
export interface RevokedSessions {
  /** Rises with every session or user that is revoked. */
  readonly version: number;
  hasSession(sid: string | undefined, sub: string): boolean;
}

/**
 * One look at the revocations, for a timer: closes the streams of sessions that have ended and of users
 * who are deleted. All streams are visited, but only when something was revoked since the last look; an
 * index by session would cost memory for every stream.
 */
export function createRevokedCloser(hubs: readonly Hub[], revoked: RevokedSessions): () => void {
  let seen = revoked.version;
  return () => {
    if (revoked.version === seen) return;
    seen = revoked.version;
    for (const hub of hubs) {
      hub.closeOf(({ userId, sessionId }) => revoked.hasSession(sessionId, userId));
    }
  };
}
