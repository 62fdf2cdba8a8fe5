/**
 * Whoever can tell us who somebody is. One implementation a provider, and one conformance test for all.
 *
 * A sign-in is the authorization code flow of OAuth 2.1 with PKCE: the browser is sent to
 * `authorizationUrl`, comes back with a code, and `identify` trades the code for an identity.
 */
export interface Provider {
  authorizationUrl(attempt: Attempt & { readonly loginHint: string | undefined }): Promise<URL>;
  /**
   * @param answer the query the browser came back with, which holds the code.
   * @throws Fault `SIGN_IN_DENIED` when the user said no, `PROVIDER_REFUSED` when the code, our credentials
   * or the answer are no good, `PROVIDER_UNAVAILABLE` when it does not answer.
   */
  identify(attempt: Attempt, answer: URLSearchParams): Promise<Identity>;
}

/** One sign-in on its way. */
export interface Attempt {
  readonly state: string;
  readonly codeVerifier: string;
  /** Our callback, as registered with the provider. */
  readonly redirectUri: string;
}

export interface Identity {
  /** Unique and lasting at the provider; 1 to 255 characters. */
  readonly id: string;
  /** Only one that the provider has verified. */
  readonly email: string | null;
  readonly nickname: string | null;
}

export const PROVIDERS = ["google", "kakao", "naver"] as const;
export type ProviderName = (typeof PROVIDERS)[number] | "dev";
