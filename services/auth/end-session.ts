import type { Clock } from "#lib/clock/clock.ts";
import type { Revocation } from "#lib/contract/revocation.ts";
import { Fault } from "#lib/error/fault.ts";
import type { TokenClaims } from "./session.ts";

export interface EndDeps {
  readonly clock: Clock;
  /** What this process itself refuses, at once; others hear of it by the relay. */
  readonly revocations: { add(revocation: Revocation): void };
  /** Also one that has expired: it still says which session to end. @throws Fault `TOKEN_…`. */
  verifyAnyAge(token: string, kind: "access" | "refresh"): Promise<TokenClaims>;
  /**
   * In one step: removes the session and revokes it until its last access token ends. Undefined when there
   * is none to remove, or none of its tokens left to refuse.
   */
  removeSession(sid: string, now: number): Promise<Revocation | undefined>;
}

/**
 * Ends the session of every token that is shown: were one taken for all, a cookie that somebody planted
 * beside ours would have a user leave who stays signed in. A token that does not verify ends nothing,
 * and is no error: who logs out wants to be out. A request's headers hold a few dozen at most.
 *
 * @throws Fault `UNAVAILABLE`: then the session goes on, and the caller may try again.
 */
export async function endSession(
  deps: EndDeps,
  tokens: { readonly refresh?: readonly string[]; readonly access?: readonly string[] },
): Promise<void> {
  const sids = new Set<string>();
  for (const kind of ["refresh", "access"] as const) {
    for (const token of new Set(tokens[kind])) {
      const claims = await read(deps, token, kind);
      if (claims) sids.add(claims.sid);
    }
  }
  for (const sid of sids) {
    const revoked = await deps.removeSession(sid, deps.clock.now());
    if (revoked) deps.revocations.add(revoked);
  }
}

async function read(deps: EndDeps, token: string, kind: "access" | "refresh") {
  try {
    return await deps.verifyAnyAge(token, kind);
  } catch (error) {
    if (error instanceof Fault && error.kind.status === 401) return undefined;
    throw error;
  }
}
