/** Where the three sign-in providers differ, as their public documentation says. */

export type ProviderKind = "google" | "kakao" | "naver";

export interface Person {
  /** Of digits at Kakao. */
  readonly id: string;
  readonly nickname?: string;
  readonly email?: string;
  readonly isEmailVerified?: boolean;
}

export type ErrorKind =
  | "client_unknown"
  | "request_invalid"
  | "code_invalid"
  | "redirect_mismatch"
  | "verifier_wrong"
  | "token_invalid";

export interface Quirks {
  /** Credentials may also come in the `Authorization` header. */
  readonly takesBasic: boolean;
  readonly wantsScope: boolean;
  /** In the token request. */
  readonly wantsState: boolean;
  /** Parameters that come back beside the code. */
  readonly extras: Readonly<Record<string, string>>;
  readonly denial: string;
  tokens(accessToken: string, person: Person, clientId: string): object;
  profile(person: Person): object;
  /** @param code the code that the client sent */
  errorResponse(kind: ErrorKind, code: string): Response;
}

const google: Quirks = {
  takesBasic: true,
  wantsScope: true,
  wantsState: false,
  extras: { iss: "https://accounts.google.com", authuser: "0", prompt: "consent" },
  denial: "The resource owner denied the request",
  tokens: (accessToken, { id }, clientId) => ({
    access_token: accessToken,
    expires_in: 3599,
    scope: "openid https://www.googleapis.com/auth/userinfo.email",
    token_type: "Bearer",
    id_token: idToken({ iss: "https://accounts.google.com", aud: clientId, sub: id }),
  }),
  profile: ({ id, nickname, email, isEmailVerified }) => ({
    sub: id,
    name: nickname,
    picture: "https://lh3.googleusercontent.com/a/x",
    email,
    email_verified: isEmailVerified,
  }),
  errorResponse(kind) {
    const error = kind === "client_unknown" ? "invalid_client" : "invalid_grant";
    const isAuth = kind === "client_unknown" || kind === "token_invalid";
    const body = kind === "token_invalid" ? "invalid_request" : error;
    return Response.json(
      { error: body, error_description: "Bad Request" },
      { status: isAuth ? 401 : 400 },
    );
  },
};

const koe: Readonly<Record<ErrorKind, string>> = {
  client_unknown: "KOE010",
  request_invalid: "KOE001",
  code_invalid: "KOE320",
  redirect_mismatch: "KOE303",
  verifier_wrong: "KOE320",
  token_invalid: "",
};

const kakao: Quirks = {
  takesBasic: false,
  wantsScope: false,
  wantsState: false,
  extras: {},
  denial: "User denied access",
  tokens: (accessToken) => ({
    access_token: accessToken,
    token_type: "bearer",
    refresh_token: `${accessToken}-refresh`,
    expires_in: 21_599,
    scope: "account_email profile_nickname",
    refresh_token_expires_in: 5_183_999,
  }),
  profile: ({ id, nickname, email, isEmailVerified }) => ({
    id: Number(id),
    connected_at: "2026-01-01T00:00:00Z",
    kakao_account: {
      profile_nickname_needs_agreement: false,
      profile: { nickname },
      has_email: email !== undefined,
      is_email_valid: true,
      is_email_verified: isEmailVerified,
      email,
    },
  }),
  errorResponse(kind, code) {
    if (kind === "token_invalid") {
      return Response.json(
        { msg: "this access token does not exist", code: -401 },
        { status: 401 },
      );
    }
    const isClient = kind === "client_unknown";
    const body = {
      error: isClient ? "invalid_client" : "invalid_grant",
      error_description: `authorization code not found for code=${code}`,
      error_code: koe[kind],
    };
    return Response.json(body, { status: isClient ? 401 : 400 });
  },
};

const naver: Quirks = {
  takesBasic: false,
  wantsScope: false,
  wantsState: true,
  extras: {},
  denial: "Canceled By User",
  tokens: (accessToken) => ({
    access_token: accessToken,
    refresh_token: `${accessToken}-refresh`,
    token_type: "bearer",
    expires_in: "3600",
  }),
  profile: ({ id, nickname, email }) => ({
    resultcode: "00",
    message: "success",
    response: { id, nickname, email, profile_image: "https://phinf.pstatic.net/x" },
  }),
  errorResponse(kind) {
    if (kind === "token_invalid") {
      const body = { resultcode: "024", message: "Authentication failed (인증 실패하였습니다.)" };
      return Response.json(body, { status: 401 });
    }
    const isClient = kind === "client_unknown";
    // With status 200.
    return Response.json({
      error: isClient ? "invalid_client" : "invalid_request",
      error_description: isClient
        ? "wrong client id / client secret pair."
        : "no valid data in session",
    });
  },
};

export const QUIRKS: Readonly<Record<ProviderKind, Quirks>> = { google, kakao, naver };

/** Unsigned: a client that gets it from the token endpoint itself need not verify it (OIDC core 3.1.3.7). */
function idToken(claims: Readonly<Record<string, unknown>>): string {
  const now = Math.floor(Date.now() / 1000);
  return [{ alg: "RS256", typ: "JWT" }, { ...claims, iat: now, exp: now + 3600 }, "none"]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
}
