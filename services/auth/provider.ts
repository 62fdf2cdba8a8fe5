/**
 * An identity provider. One implementation each, and one conformance test for all.
 *
 * A sign-in is the authorization code flow of OAuth 2.1 with PKCE: the browser is sent to
 * `authorizationUrl`, comes back with a code, and `identify` exchanges the code for an identity.
 */
export interface Provider {
  authorizationUrl(
    request: AuthorizationRequest & { readonly loginHint: string | undefined },
  ): Promise<URL>;
  /**
   * @param callbackParams the query of the callback, which holds the code.
   * @throws Fault `SIGN_IN_DENIED` when the user declined, `PROVIDER_REFUSED` when the code, our
   * credentials or the provider's response are invalid, `PROVIDER_UNAVAILABLE` when it does not
   * respond.
   */
  identify(request: AuthorizationRequest, callbackParams: URLSearchParams): Promise<Identity>;
}

/** What the authorization request was made with; `identify` checks the callback against it. */
export interface AuthorizationRequest {
  readonly state: string;
  readonly codeVerifier: string;
  /** Our callback, as registered with the provider. */
  readonly redirectUri: string;
}

export interface Identity {
  /** Unique and permanent at the provider; 1 to 255 characters. */
  readonly id: string;
  /** Only an address that the provider has verified. */
  readonly email: string | null;
  readonly nickname: string | null;
}

export const PROVIDERS = ["google", "kakao", "naver"] as const;
export type ProviderName = (typeof PROVIDERS)[number] | "dev";
