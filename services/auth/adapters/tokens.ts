import QuickLRU from "quick-lru";
import type { Clock } from "#lib/clock/clock.ts";
import type { KeySet } from "#lib/token/key-set.ts";
import { signToken } from "#lib/token/sign-token.ts";
import { livesS } from "#lib/token/token.ts";
import { verifyToken } from "#lib/token/verify-token.ts";
import type { EndDeps } from "../end-session.ts";
import type { RefreshDeps } from "../refresh-session.ts";
import { replacedGraceMs, type Session, type TokenPair } from "../session.ts";

/** Pairs at most, times two. */
const issuedMax = 500;

/**
 * The two tokens of a session, signed with the first of the keys. A pair is kept as long as it may
 * be asked for again, so that a thousand tabs cost one signature.
 */
export function createTokens(
  keys: KeySet,
  clock: Clock,
): RefreshDeps["tokens"] & EndDeps["tokens"] {
  const issued = new QuickLRU<string, Promise<TokenPair>>({
    maxSize: issuedMax,
    maxAge: replacedGraceMs,
  });
  const sign = async (session: Session, now: number): Promise<TokenPair> => {
    const { accessJti, refreshJti } = session;
    const [access, refresh] = await Promise.all([
      signToken(keys, "access", { ...claimsOf(session), jti: accessJti }, now),
      signToken(keys, "refresh", { ...claimsOf(session), jti: refreshJti }, now),
    ]);
    return { access, refresh };
  };
  return {
    expiryAt: (now) => ({
      access: new Date(now + livesS.access * 1_000),
      refresh: new Date(now + livesS.refresh * 1_000),
    }),
    issue: (session, now) => {
      const key = `${session.refreshJti}:${now}`;
      const known = issued.get(key);
      if (known !== undefined) return known;
      const pair = sign(session, now);
      issued.set(key, pair);
      return pair;
    },
    verifyRefresh: (token) => verifyToken(keys, token, "refresh", { now: clock.now() }),
    verifyAnyAge: (token, kind) => verifyToken(keys, token, kind, { isExpiredFine: true }),
  };
}

function claimsOf({ id, userId, provider }: Session) {
  return { sub: userId, provider, sid: id };
}
