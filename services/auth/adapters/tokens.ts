import type { Clock } from "#lib/clock/clock.ts";
import type { KeySet } from "#lib/token/key-set.ts";
import { signToken } from "#lib/token/sign-token.ts";
import { livesS } from "#lib/token/token.ts";
import { verifyToken } from "#lib/token/verify-token.ts";
import type { EndDeps } from "../end-session.ts";
import type { RefreshDeps } from "../refresh-session.ts";
import type { Session } from "../session.ts";

/** The two tokens of a session, signed with the first of the keys. */
export function createTokens(
  keys: KeySet,
  clock: Clock,
): RefreshDeps["tokens"] & EndDeps["tokens"] {
  return {
    expiryAt: (now) => ({
      access: new Date(now + livesS.access * 1_000),
      refresh: new Date(now + livesS.refresh * 1_000),
    }),
    issue: async (session, now) => {
      const { accessJti, refreshJti } = session;
      const [access, refresh] = await Promise.all([
        signToken(keys, "access", { ...claimsOf(session), jti: accessJti }, now),
        signToken(keys, "refresh", { ...claimsOf(session), jti: refreshJti }, now),
      ]);
      return { access, refresh };
    },
    verifyRefresh: (token) => verifyToken(keys, token, "refresh", { now: clock.now() }),
    verifyAnyAge: (token, kind) => verifyToken(keys, token, kind, { isExpiredFine: true }),
  };
}

function claimsOf({ id, userId, provider }: Session) {
  return { sub: userId, provider, sid: id };
}
