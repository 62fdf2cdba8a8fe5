import type { Clock } from "#lib/clock/clock.ts";
import { Fault } from "#lib/error/fault.ts";
import type { Identity, Provider } from "./provider.ts";
import { type ReturnOrigins, readReturnUrl, withError } from "./return-url.ts";
import {
  type Issuer,
  openedSession,
  type Session,
  type TokenExpiry,
  type TokenPair,
} from "./session.ts";
import { callbackUrl, isWellFormed, type SignInAttempt } from "./sign-in-attempt.ts";

export interface FinishDeps {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly origins: ReturnOrigins;
  readonly clock: Clock;
  readonly attempts: {
    /** Returns the attempt once; afterwards undefined, as for one that expired or never was. */
    take(state: string): Promise<SignInAttempt | undefined>;
  };
  readonly secrets: {
    /** In constant time. */
    isFingerprintOf(text: string, fingerprint: string): boolean;
  };
  readonly limits: {
    /** @throws Fault `TOO_MANY_SIGN_INS`, as `admitUser` does. */
    admitFinish(address: string): Promise<void>;
    admitUser(provider: string, identityId: string): Promise<void>;
  };
  readonly accounts: {
    /** The user of an identity; creates the account at the first sign-in. */
    userOf(provider: string, identity: Identity): Promise<string>;
  };
  readonly sessions: { open(session: Session, expiry: TokenExpiry, now: number): Promise<void> };
  readonly tokens: Issuer;
  onSignedIn(provider: string): void;
  /** The sign-in reached its provider and failed after that. */
  onSignInFailed(provider: string, fault: Fault): void;
}

export interface FinishRequest {
  readonly provider: string;
  /** The query of the callback, as the browser brings it from the provider. */
  readonly callbackParams: URLSearchParams;
  readonly browser: string | undefined;
  readonly address: string;
}

/**
 * Where the browser goes now; without tokens when the sign-in failed, and then `redirect` has
 * `?error=`.
 */
export interface Finished {
  readonly redirect: string;
  readonly tokens: TokenPair | undefined;
}

/**
 * Finishes a sign-in. The attempt is taken before anything is checked, so that no part of it can be
 * tried twice. From there on a failure redirects to the page the user came from instead of showing
 * JSON. So does another browser than the one that began, as when an app's own browser passes the
 * user on to the phone's: it is told, and never signed in. The exception is `TOO_MANY_SIGN_INS`: a
 * page that retries by itself would loop forever.
 *
 * @throws Fault `PROVIDER_UNKNOWN`, `SIGN_IN_STATE_INVALID`, `REDIRECT_NOT_ALLOWED`,
 * `TOO_MANY_SIGN_INS`, and `UNAVAILABLE` when the attempt cannot be looked up.
 */
export async function finishSignIn(deps: FinishDeps, request: FinishRequest): Promise<Finished> {
  const { callbackParams } = request;
  const state = callbackParams.get("state") ?? undefined;
  const attempt = isWellFormed(state) ? await deps.attempts.take(state) : undefined;
  await deps.limits.admitFinish(request.address);
  const provider = deps.providers.get(request.provider);
  if (!provider) throw new Fault("PROVIDER_UNKNOWN");
  // A code of one provider must not reach another one.
  if (!state || attempt?.provider !== request.provider) throw new Fault("SIGN_IN_STATE_INVALID");
  const redirect = readReturnUrl(attempt.redirect, deps.origins);
  try {
    if (!request.browser || !deps.secrets.isFingerprintOf(request.browser, attempt.browser)) {
      throw new Fault("SIGN_IN_BROWSER_CHANGED");
    }
    const redirectUri = callbackUrl(deps.origins.own, request.provider);
    const { codeVerifier } = attempt;
    const identity = await provider.identify({ state, codeVerifier, redirectUri }, callbackParams);
    await deps.limits.admitUser(request.provider, identity.id);
    const tokens = await openSession(deps, request.provider, identity);
    deps.onSignedIn(request.provider);
    return { redirect, tokens };
  } catch (error) {
    const fault = Fault.from(error);
    deps.onSignInFailed(request.provider, fault);
    if (fault.code === "TOO_MANY_SIGN_INS") throw fault;
    return { redirect: withError(redirect, fault.code, deps.origins), tokens: undefined };
  }
}

async function openSession(
  { accounts, sessions, tokens, clock }: FinishDeps,
  provider: string,
  identity: Identity,
): Promise<TokenPair> {
  const session = openedSession(await accounts.userOf(provider, identity), provider);
  const now = clock.now();
  await sessions.open(session, tokens.expiryAt(now), now);
  return tokens.issue(session, now);
}
