import { Fault } from "#lib/error/fault.ts";
import type { Provider } from "./provider.ts";
import { type ReturnOrigins, readReturnUrl } from "./return-url.ts";
import { callbackUrl, isWellFormed, type SignInAttempt } from "./sign-in-attempt.ts";

export interface BeginDeps {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly origins: ReturnOrigins;
  readonly limits: {
    /** @throws Fault `TOO_MANY_SIGN_INS`. */
    admitBegin(address: string): Promise<void>;
  };
  readonly secrets: {
    /** Unguessable: 43 characters of base64url. */
    randomText(): string;
    newCodeVerifier(): string;
    fingerprint(text: string): string;
  };
  readonly attempts: { keep(state: string, attempt: SignInAttempt): Promise<void> };
}

export interface BeginRequest {
  readonly provider: string;
  readonly redirect: string | undefined;
  readonly loginHint: string | undefined;
  /** The browser's cookie `s_state`, if it has one. */
  readonly browser: string | undefined;
  readonly address: string;
}

/**
 * Begins a sign-in.
 *
 * @returns the provider's URL for the browser, and the value that binds the attempt to the browser.
 * A browser that is bound already keeps its value, so that two tabs may sign in at once.
 * @throws Fault `PROVIDER_UNKNOWN`, `REDIRECT_NOT_ALLOWED`, `TOO_MANY_SIGN_INS`, `UNAVAILABLE`, and
 * `VALIDATION_FAILED` for a hint the provider cannot use.
 */
export async function beginSignIn(
  { providers, origins, limits, secrets, attempts }: BeginDeps,
  { provider: name, redirect, loginHint, browser, address }: BeginRequest,
): Promise<{ readonly url: URL; readonly browser: string }> {
  const provider = providers.get(name);
  if (!provider) throw new Fault("PROVIDER_UNKNOWN");
  const returnUrl = readReturnUrl(redirect, origins);
  await limits.admitBegin(address);
  const bound = isWellFormed(browser) ? browser : secrets.randomText();
  const [state, codeVerifier] = [secrets.randomText(), secrets.newCodeVerifier()];
  const redirectUri = callbackUrl(origins.own, name);
  const url = await provider.authorizationUrl({ state, codeVerifier, redirectUri, loginHint });
  const binding = { codeVerifier, browser: secrets.fingerprint(bound), redirect: returnUrl };
  await attempts.keep(state, { provider: name, ...binding });
  return { url, browser: bound };
}
