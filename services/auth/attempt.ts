import * as v from "valibot";

/**
 * One sign-in on its way, kept under its `state` for as long as the person may take with the provider.
 * Whoever comes back takes it away, whatever becomes of it then, so it is used once.
 */
export const KeptAttempt = v.object({
  provider: v.string(),
  codeVerifier: v.string(),
  /** Fingerprint of the cookie `s_state` of the browser that began it: it alone may finish it. */
  browser: v.string(),
  /** Where to go afterwards; looked at again then. */
  redirect: v.string(),
});
export type KeptAttempt = v.InferOutput<typeof KeptAttempt>;

export const attemptTtlS = 600;

/** A `state`, or what binds a browser: 32 random bytes in base64url. */
const RANDOM = /^[\w-]{43}$/;

export function isWellFormed(random: string | undefined): random is string {
  return random !== undefined && RANDOM.test(random);
}

/** Where the provider sends the browser back to, as registered with it. */
export function callbackUrl(origin: string, provider: string): string {
  return `${origin}/api/v1/auth/${provider}/callback`;
}
