import type { Clock } from "#lib/clock/clock.ts";
import { Fault } from "#lib/error/fault.ts";
import { callbackUrl, isWellFormed, type KeptAttempt } from "./attempt.ts";
import type { Identity, Provider } from "./provider.ts";
import { type ReturnOrigins, readReturnUrl, withError } from "./return-url.ts";
import { type Ends, type Issuer, openedSession, type Session, type TokenPair } from "./session.ts";

export interface FinishDeps extends Issuer {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly origins: ReturnOrigins;
  readonly clock: Clock;
  /** Gives the attempt once: whoever asks again gets undefined, as for one that expired or never was. */
  takeAttempt(state: string): Promise<KeptAttempt | undefined>;
  /** In constant time. */
  isFingerprintOf(text: string, fingerprint: string): boolean;
  /** @throws Fault `TOO_MANY_SIGN_INS`; so does the next. */
  admitFinish(address: string): Promise<void>;
  admitUser(provider: string, identityId: string): Promise<void>;
  /** The user of an identity; the first time it makes the account. */
  userOf(provider: string, identity: Identity): Promise<string>;
  openSession(session: Session, ends: Ends, now: number): Promise<void>;
  onSignedIn(provider: string): void;
  /** A sign-in that got as far as its provider, and no further. */
  onFailed(provider: string, fault: Fault): void;
}

export interface FinishRequest {
  readonly provider: string;
  /** What the browser came back with. */
  readonly answer: URLSearchParams;
  readonly browser: string | undefined;
  readonly address: string;
}

/** Where the browser goes now; without tokens when the sign-in failed, which the URL says. */
export interface Finished {
  readonly redirect: string;
  readonly tokens: TokenPair | undefined;
}

/**
 * Finishes a sign-in. The attempt is taken before anything is looked at, so that nothing about it can be
 * tried twice. From then on a person is on their way back: whatever fails is told to the page they
 * come to, not on a page of JSON. All but too many sign-ins, which a page that tries again by itself
 * would never get out of.
 *
 * @throws Fault `SIGN_IN_STATE_INVALID`, `SIGN_IN_BROWSER_CHANGED`, `REDIRECT_NOT_ALLOWED`,
 * `TOO_MANY_SIGN_INS`, and `UNAVAILABLE` when the attempt cannot be looked up.
 */
export async function finishSignIn(deps: FinishDeps, request: FinishRequest): Promise<Finished> {
  const state = request.answer.get("state") ?? undefined;
  const attempt = isWellFormed(state) ? await deps.takeAttempt(state) : undefined;
  await deps.admitFinish(request.address);
  const provider = deps.providers.get(request.provider);
  if (!provider) throw new Fault("PROVIDER_UNKNOWN");
  // Another provider's answer is somebody's mix-up, and its code none of ours.
  if (!state || attempt?.provider !== request.provider) throw new Fault("SIGN_IN_STATE_INVALID");
  if (!request.browser || !deps.isFingerprintOf(request.browser, attempt.browser)) {
    throw new Fault("SIGN_IN_BROWSER_CHANGED");
  }
  const redirect = readReturnUrl(attempt.redirect, deps.origins);
  try {
    const redirectUri = callbackUrl(deps.origins.own, request.provider);
    const { codeVerifier } = attempt;
    const identity = await provider.identify({ state, codeVerifier, redirectUri }, request.answer);
    await deps.admitUser(request.provider, identity.id);
    const tokens = await signIn(deps, request.provider, identity);
    deps.onSignedIn(request.provider);
    return { redirect, tokens };
  } catch (error) {
    const fault = Fault.from(error);
    deps.onFailed(request.provider, fault);
    if (fault.code === "TOO_MANY_SIGN_INS") throw fault;
    return { redirect: withError(redirect, fault.code, deps.origins), tokens: undefined };
  }
}

async function signIn(deps: FinishDeps, provider: string, identity: Identity): Promise<TokenPair> {
  const session = openedSession(await deps.userOf(provider, identity), provider);
  const now = deps.clock.now();
  await deps.openSession(session, deps.ends(now), now);
  return deps.issue(session, now);
}
