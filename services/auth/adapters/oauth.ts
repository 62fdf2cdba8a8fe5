import * as oauth from "oauth4webapi";
import * as v from "valibot";
import { Fault } from "#lib/error/fault.ts";
import { isSafeTransport } from "#lib/http/is-safe-transport.ts";
import { readBounded } from "#lib/http/read-bounded.ts";
import type { Provider, ProviderName } from "../provider.ts";
import { readProfile } from "../read-profile.ts";

/**
 * Google, Kakao and Naver: the authorization code flow with PKCE (S256) and `state`, always. A provider's
 * access token is used once, for the profile, and forgotten.
 *
 * What a provider answers is bounded in time and size, redirects are not followed, and none of it reaches a
 * log: the library's errors carry codes and tokens, Kakao's descriptions quote the code, so a cause
 * is made anew of what is known to be harmless.
 */
export interface OauthOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where they are not the provider's own. Plain http is for loopback only. */
  readonly endpoints?: Partial<Endpoints>;
  /** For each request, its answer's body included. */
  readonly deadlineMs?: number;
}

export interface Endpoints {
  readonly authorization: string;
  readonly token: string;
  readonly userinfo: string;
}

type Kind = Exclude<ProviderName, "dev">;

interface Known extends Endpoints {
  /** Checked where the provider names itself: in its answer (RFC 9207) and in an ID token. */
  readonly issuer: string;
  readonly scope?: string;
  readonly hasIdToken?: boolean;
  readonly takesLoginHint?: boolean;
  /** Asks which account; not needed when the hint says so. */
  readonly prompt?: string;
  readonly wantsStateForToken?: boolean;
}

const KNOWN: Readonly<Record<Kind, Known>> = {
  // https://accounts.google.com/.well-known/openid-configuration
  google: {
    issuer: "https://accounts.google.com",
    authorization: "https://accounts.google.com/o/oauth2/v2/auth",
    token: "https://oauth2.googleapis.com/token",
    userinfo: "https://openidconnect.googleapis.com/v1/userinfo",
    scope: "openid email profile",
    hasIdToken: true,
    takesLoginHint: true,
    prompt: "select_account",
  },
  // https://developers.kakao.com/docs/latest/en/kakaologin/rest-api
  // No scope: it would have to be among the consent items of the registered app, or sign-in fails
  // (KOE205). Without, the person is asked for those the app has.
  kakao: {
    issuer: "https://kauth.kakao.com",
    authorization: "https://kauth.kakao.com/oauth/authorize",
    token: "https://kauth.kakao.com/oauth/token",
    userinfo: "https://kapi.kakao.com/v2/user/me",
    takesLoginHint: true,
  },
  // https://developers.naver.com/docs/login/api/api.md: it knows no scopes.
  naver: {
    issuer: "https://nid.naver.com",
    authorization: "https://nid.naver.com/oauth2.0/authorize",
    token: "https://nid.naver.com/oauth2.0/token",
    userinfo: "https://openapi.naver.com/v1/nid/me",
    wantsStateForToken: true,
  },
};

/** @throws Error when an endpoint is no https URL, nor http on loopback. */
export function createOauthProvider(
  kind: Kind,
  { clientId, clientSecret, endpoints = {}, deadlineMs = 5_000 }: OauthOptions,
): Provider {
  const known: Known = { ...KNOWN[kind], ...endpoints };
  const authorization = toEndpoint(known.authorization);
  const token = toEndpoint(known.token);
  const userinfo = toEndpoint(known.userinfo);
  const server = { issuer: known.issuer, token_endpoint: token.href };
  const client = { client_id: clientId };
  const authenticate = oauth.ClientSecretPost(clientSecret);
  const ask = createAsk(deadlineMs);
  const options = {
    [oauth.customFetch]: ask,
    [oauth.allowInsecureRequests]: token.protocol === "http:",
  };

  return {
    async authorizationUrl({ state, codeVerifier, redirectUri, loginHint }) {
      const hint = known.takesLoginHint ? loginHint : undefined;
      const parameters = {
        response_type: "code",
        client_id: clientId,
        redirect_uri: redirectUri,
        state,
        code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: "S256",
        ...(known.scope && { scope: known.scope }),
        ...(hint ? { login_hint: hint } : known.prompt && { prompt: known.prompt }),
      };
      const url = new URL(authorization);
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      return url;
    },

    async identify({ state, codeVerifier, redirectUri }, answer) {
      try {
        const accepted = oauth.validateAuthResponse(server, client, answer, state);
        const exchanged = await oauth.authorizationCodeGrantRequest(
          server,
          client,
          authenticate,
          accepted,
          redirectUri,
          codeVerifier,
          known.wantsStateForToken ? { ...options, additionalParameters: { state } } : options,
        );
        const tokens = await oauth.processAuthorizationCodeResponse(server, client, exchanged, {
          requireIdToken: known.hasIdToken ?? false,
        });
        const profile = await ask(userinfo.href, { headers: bearer(tokens.access_token) });
        const identity = readProfile(kind, await profile.json());
        const sub = oauth.getValidatedIdTokenClaims(tokens)?.sub ?? identity.id;
        if (sub !== identity.id) throw refused("profile is of another subject than the ID token");
        return identity;
      } catch (error) {
        throw toFault(error);
      }
    },
  };
}

/** Refused here: what cannot be a header's value is quoted by the error that says so. */
function bearer(accessToken: string) {
  if (!/^[\x21-\x7e]{1,4096}$/.test(accessToken)) throw refused("access token is no VSCHARs");
  return { accept: "application/json", authorization: `Bearer ${accessToken}` };
}

function toEndpoint(href: string): URL {
  const url = new URL(href);
  if (isSafeTransport(url)) return url;
  throw new Error(`${url.origin} is neither https nor on loopback`);
}

/** Far beyond what any of them sends. */
const answerBytesMax = 64 * 1024;

interface Outgoing {
  readonly method?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: URLSearchParams;
}

/** A `fetch` that lets nothing through but a JSON object that is no error. */
function createAsk(deadlineMs: number) {
  return async function ask(url: string, request: Outgoing): Promise<Response> {
    const { status, type, body } = await receive(url, request, deadlineMs).catch((cause) => {
      throw new Fault("PROVIDER_UNAVAILABLE", { cause });
    });
    if (status === 429 || status >= 500) {
      throw new Fault("PROVIDER_UNAVAILABLE", { cause: new Error(`status ${status}`) });
    }
    if (body === undefined) throw refused(`status ${status}, more than ${answerBytesMax} bytes`);
    const answer = v.safeParse(Answer, body);
    if (!answer.success) throw refused(`status ${status}, no JSON object`);
    // Naver's errors have status 200.
    const { error, resultcode = "00" } = answer.output;
    if (status !== 200 || error !== undefined || resultcode !== "00") {
      throw refused(`status ${status} ${complaintOf(answer.output)}`);
    }
    if (type !== "application/json") throw refused("content type is not application/json");
    return Response.json(answer.output);
  };
}

const Answer = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown()));

/** The deadline holds to the end of the body, which is undefined when there is too much of it. */
async function receive(url: string, request: Outgoing, deadlineMs: number) {
  const { status, headers, body } = await fetch(url, {
    ...request,
    // Not asked for and not undone: what is counted is what has come.
    headers: { ...request.headers, "accept-encoding": "identity" },
    decompress: false,
    redirect: "manual",
    signal: AbortSignal.timeout(deadlineMs),
  });
  const type = headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  const { bytes, end } = await readBounded(body, answerBytesMax);
  return { status, type, body: end === "complete" ? Buffer.from(bytes).toString() : undefined };
}

/** Whatever else stands there may be a code or a token. */
const HARMLESS = /^(?:[a-z]{1,20}(?:_[a-z]{1,20}){0,4}|KOE\d{1,4}|-?\d{1,5})$/;

/** Google's and Naver's `error`, with Kakao's `error_code`; `code` and `resultcode` of a profile. */
function complaintOf({ error, error_code, code, resultcode }: Record<string, unknown>): string {
  const said = [error, error_code, code, resultcode].map(String);
  return said.filter((name) => name !== "undefined" && HARMLESS.test(name)).join(" ");
}

/** Of RFC 6749, 4.1.2.1; whatever else the browser brings was not said by a provider that is well. */
const AWAY = ["server_error", "temporarily_unavailable"];

function toFault(error: unknown): unknown {
  if (error instanceof oauth.AuthorizationResponseError) {
    if (error.error === "access_denied") return new Fault("SIGN_IN_DENIED");
    const cause = new Error(`sign-in ended with ${complaintOf({ error: error.error })}`);
    return new Fault(AWAY.includes(error.error) ? "PROVIDER_UNAVAILABLE" : "PROVIDER_REFUSED", {
      cause,
    });
  }
  const isOfLibrary =
    error instanceof oauth.OperationProcessingError ||
    error instanceof oauth.UnsupportedOperationError;
  // Its messages are fixed sentences; its causes are what was received.
  return isOfLibrary ? refused(`${error.code}: ${error.message}`) : error;
}

function refused(why: string): Fault {
  return new Fault("PROVIDER_REFUSED", { cause: new Error(why) });
}
