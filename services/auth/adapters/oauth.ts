import * as oauth from "oauth4webapi";
import * as v from "valibot";
import { Fault } from "#lib/error/fault.ts";
import { isSafeTransport } from "#lib/http/is-safe-transport.ts";
import { readReply } from "#lib/http/read-bounded.ts";
import type { Provider, ProviderName } from "../provider.ts";
import { readProfile } from "../read-profile.ts";

/**
 * Google, Kakao and Naver: the authorization code flow with PKCE (S256) and `state`, always. A
 * provider's access token is used once, for the profile, and forgotten.
 *
 * A provider's response is bounded in time and size, its redirects are not followed, and none of it
 * reaches a log: the library's errors carry codes and tokens, and Kakao's error descriptions quote
 * the code. The cause of a fault is therefore a new error, made from parts that are known to be
 * harmless.
 */
export interface OauthOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Overrides of the provider's own. Plain http is for loopback only. */
  readonly endpoints?: Partial<Endpoints>;
  /** For each request, including the body of its response. */
  readonly deadlineMs?: number;
}

export interface Endpoints {
  readonly authorization: string;
  readonly token: string;
  readonly userinfo: string;
}

type Kind = Exclude<ProviderName, "dev">;

interface ProviderSettings extends Endpoints {
  /** Checked where the provider names itself: in its response (RFC 9207) and in an ID token. */
  readonly issuer: string;
  readonly scope?: string;
  readonly hasIdToken?: boolean;
  readonly takesLoginHint?: boolean;
  /** Makes the provider ask which account; left out when a hint names one. */
  readonly prompt?: string;
  readonly wantsStateForToken?: boolean;
}

const PROVIDER_SETTINGS: Readonly<Record<Kind, ProviderSettings>> = {
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
  // No scope: sign-in fails (KOE205) if one is not among the consent items of the registered app.
  // Without a scope the user is asked for the items the app has.
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
  const settings = { ...PROVIDER_SETTINGS[kind], ...endpoints };
  const authorization = toEndpoint(settings.authorization);
  const token = toEndpoint(settings.token);
  const userinfo = toEndpoint(settings.userinfo);
  const server = { issuer: settings.issuer, token_endpoint: token.href };
  const client = { client_id: clientId };
  const authenticate = oauth.ClientSecretPost(clientSecret);
  const fetchJson = createJsonFetch(deadlineMs);
  const options = {
    [oauth.customFetch]: fetchJson,
    [oauth.allowInsecureRequests]: token.protocol === "http:",
  };

  return {
    async authorizationUrl({ state, codeVerifier, redirectUri, loginHint }) {
      const hint = settings.takesLoginHint ? loginHint : undefined;
      const parameters = {
        response_type: "code",
        client_id: clientId,
        redirect_uri: redirectUri,
        state,
        code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: "S256",
        ...(settings.scope && { scope: settings.scope }),
        ...(hint ? { login_hint: hint } : settings.prompt && { prompt: settings.prompt }),
      };
      const url = new URL(authorization);
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      return url;
    },

    async identify({ state, codeVerifier, redirectUri }, callbackParams) {
      try {
        const accepted = oauth.validateAuthResponse(server, client, callbackParams, state);
        const exchanged = await oauth.authorizationCodeGrantRequest(
          server,
          client,
          authenticate,
          accepted,
          redirectUri,
          codeVerifier,
          settings.wantsStateForToken ? { ...options, additionalParameters: { state } } : options,
        );
        const tokens = await oauth.processAuthorizationCodeResponse(server, client, exchanged, {
          requireIdToken: settings.hasIdToken ?? false,
        });
        const profile = await fetchJson(userinfo.href, { headers: bearer(tokens.access_token) });
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

/** Checked here, because `fetch` would quote an invalid header value in its error. */
function bearer(accessToken: string) {
  if (!/^[\x21-\x7e]{1,4096}$/.test(accessToken)) throw refused("access token is no VSCHARs");
  return { accept: "application/json", authorization: `Bearer ${accessToken}` };
}

function toEndpoint(href: string): URL {
  const url = new URL(href);
  if (isSafeTransport(url)) return url;
  throw new Error(`${url.origin} is neither https nor on loopback`);
}

/** Far more than any provider sends. */
const responseBytesMax = 64 * 1024;

interface Outgoing {
  readonly method?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: URLSearchParams;
}

/** A `fetch` that resolves only for a JSON object that is no error. */
function createJsonFetch(deadlineMs: number) {
  return async function fetchJson(url: string, request: Outgoing): Promise<Response> {
    const { status, type, body } = await receive(url, request, deadlineMs).catch((cause) => {
      throw new Fault("PROVIDER_UNAVAILABLE", { cause });
    });
    if (status === 429 || status >= 500) {
      throw new Fault("PROVIDER_UNAVAILABLE", { cause: new Error(`status ${status}`) });
    }
    if (body === undefined) throw refused(`status ${status}, more than ${responseBytesMax} bytes`);
    const json = v.safeParse(JsonObject, body);
    if (!json.success) throw refused(`status ${status}, no JSON object`);
    // Naver's errors have status 200.
    const { error, resultcode = "00" } = json.output;
    if (status !== 200 || error !== undefined || resultcode !== "00") {
      throw refused(`status ${status} ${errorCodesOf(json.output)}`);
    }
    if (type !== "application/json") throw refused("content type is not application/json");
    return Response.json(json.output);
  };
}

const JsonObject = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown()));

/** The deadline covers the body too; a body that is too large is undefined. */
async function receive(url: string, request: Outgoing, deadlineMs: number) {
  const reply = await fetch(url, {
    ...request,
    // No compression is requested or undone, so the limit counts the bytes that arrive.
    headers: { ...request.headers, "accept-encoding": "identity" },
    decompress: false,
    redirect: "manual",
    signal: AbortSignal.timeout(deadlineMs),
  });
  const { status, headers } = reply;
  const type = headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  const { bytes, end } = await readReply(reply, responseBytesMax);
  return { status, type, body: end === "complete" ? Buffer.from(bytes).toString() : undefined };
}

/** Values of any other form may be a code or a token. */
const HARMLESS = /^(?:[a-z]{1,20}(?:_[a-z]{1,20}){0,4}|KOE\d{1,4}|-?\d{1,5})$/;

/**
 * Google's and Naver's `error`, with Kakao's `error_code`; `code` and `resultcode` of a profile.
 */
function errorCodesOf({ error, error_code, code, resultcode }: Record<string, unknown>): string {
  const codes = [error, error_code, code, resultcode].map(String);
  return codes.filter((one) => one !== "undefined" && HARMLESS.test(one)).join(" ");
}

/** Of RFC 6749, 4.1.2.1; any other error in the callback is not the provider's outage. */
const TEMPORARY_ERRORS = ["server_error", "temporarily_unavailable"];

function toFault(error: unknown): unknown {
  if (error instanceof oauth.AuthorizationResponseError) {
    if (error.error === "access_denied") return new Fault("SIGN_IN_DENIED");
    const cause = new Error(`sign-in ended with ${errorCodesOf({ error: error.error })}`);
    return new Fault(
      TEMPORARY_ERRORS.includes(error.error) ? "PROVIDER_UNAVAILABLE" : "PROVIDER_REFUSED",
      {
        cause,
      },
    );
  }
  const isOfLibrary =
    error instanceof oauth.OperationProcessingError ||
    error instanceof oauth.UnsupportedOperationError;
  // The library's messages are fixed sentences; its causes hold what was received.
  return isOfLibrary ? refused(`${error.code}: ${error.message}`) : error;
}

function refused(why: string): Fault {
  return new Fault("PROVIDER_REFUSED", { cause: new Error(why) });
}
