import type { Clock } from "#lib/clock/clock.ts";
import type { Revocation } from "#lib/contract/revocation.ts";
import { Fault } from "#lib/error/fault.ts";
import type { TokenClaims } from "./session.ts";

export interface EndDeps {
  readonly clock: Clock;
  /** This process's own list, effective at once; the relay publishes to the others. */
  readonly revocations: { add(revocation: Revocation): void };
  readonly tokens: {
    /** Accepts expired tokens, which still name their session. @throws Fault `TOKEN_…`. */
    verifyAnyAge(token: string, kind: "access" | "refresh"): Promise<TokenClaims>;
  };
  readonly sessions: {
    /**
     * Atomically removes the session and revokes it until its last access token expires. Undefined
     * when there is no session, or no access token left to revoke.
     */
    remove(sid: string, now: number): Promise<Revocation | undefined>;
  };
}

/**
 * Logs out: ends the session of every token that is shown. If only one token counted, a cookie
 * injected beside ours would leave the user signed in. A token that does not verify ends nothing
 * and is no error. The number of tokens is bounded by the size of a request's headers, some dozens.
 *
 * @throws Fault `UNAVAILABLE`: the session goes on, and the caller may try again.
 */
export async function endSession(
  deps: EndDeps,
  tokens: { readonly refresh?: readonly string[]; readonly access?: readonly string[] },
): Promise<void> {
  const sids = new Set<string>();
  for (const kind of ["refresh", "access"] as const) {
    for (const token of new Set(tokens[kind])) {
      const claims = await verify(deps, token, kind);
      if (claims) sids.add(claims.sid);
    }
  }
  for (const sid of sids) {
    const revoked = await deps.sessions.remove(sid, deps.clock.now());
    if (revoked) deps.revocations.add(revoked);
  }
}

async function verify({ tokens }: EndDeps, token: string, kind: "access" | "refresh") {
  try {
    return await tokens.verifyAnyAge(token, kind);
  } catch (error) {
    if (error instanceof Fault && error.kind.status === 401) return undefined;
    throw error;
  }
}
