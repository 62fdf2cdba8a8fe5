import { Fault } from "#lib/error/fault.ts";
import { callbackUrl, isWellFormed, type KeptAttempt } from "./attempt.ts";
import type { Provider } from "./provider.ts";
import { type ReturnOrigins, readReturnUrl } from "./return-url.ts";

export interface BeginDeps {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly origins: ReturnOrigins;
  /** @throws Fault `TOO_MANY_SIGN_INS`. */
  admitBegin(address: string): Promise<void>;
  /** Random, and not to be guessed: 43 characters of base64url. */
  randomText(): string;
  newCodeVerifier(): string;
  fingerprint(text: string): string;
  keepAttempt(state: string, attempt: KeptAttempt): Promise<void>;
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
 * Begins a sign-in: where to send the browser, and what binds the attempt to it. A browser that is bound
 * already stays as it is, so that two tabs may sign in at once.
 *
 * @throws Fault `PROVIDER_UNKNOWN`, `REDIRECT_NOT_ALLOWED`, `TOO_MANY_SIGN_INS`, `UNAVAILABLE`, and
 * `VALIDATION_FAILED` for a hint the provider cannot use.
 */
export async function beginSignIn(
  deps: BeginDeps,
  { provider: name, redirect, loginHint, browser, address }: BeginRequest,
): Promise<{ readonly url: URL; readonly browser: string }> {
  const provider = deps.providers.get(name);
  if (!provider) throw new Fault("PROVIDER_UNKNOWN");
  const returnUrl = readReturnUrl(redirect, deps.origins);
  await deps.admitBegin(address);
  const bound = isWellFormed(browser) ? browser : deps.randomText();
  const [state, codeVerifier] = [deps.randomText(), deps.newCodeVerifier()];
  const redirectUri = callbackUrl(deps.origins.own, name);
  const url = await provider.authorizationUrl({ state, codeVerifier, redirectUri, loginHint });
  const kept = { codeVerifier, browser: deps.fingerprint(bound), redirect: returnUrl };
  await deps.keepAttempt(state, { provider: name, ...kept });
  return { url, browser: bound };
}
