import * as v from "valibot";

/**
 * A sign-in between authorize and callback, stored under its `state` for as long as the user may
 * take at the provider. The callback takes it out first, whatever the outcome, so an attempt is
 * used once.
 */
export const SignInAttempt = v.object({
  provider: v.string(),
  codeVerifier: v.string(),
  /**
   * Fingerprint of the cookie `s_state` of the browser that began it: only that browser may finish
   * it.
   */
  browser: v.string(),
  /** Where to go afterwards; validated again at the callback. */
  redirect: v.string(),
});
export type SignInAttempt = v.InferOutput<typeof SignInAttempt>;

export const signInAttemptTtlS = 600;

/** A `state` or a browser binding: 32 random bytes in base64url. */
const RANDOM = /^[\w-]{43}$/;

export function isWellFormed(random: string | undefined): random is string {
  return random !== undefined && RANDOM.test(random);
}

/** The redirect URI, as registered with the provider. */
export function callbackUrl(origin: string, provider: string): string {
  return `${origin}/api/v1/auth/${provider}/callback`;
}
