import { createHash, randomBytes } from "node:crypto";
import {
  type ErrorKind,
  type Person,
  type ProviderKind,
  QUIRKS,
  type Quirks,
} from "./provider-quirks.ts";

/**
 * A sign-in provider that speaks HTTP for real, with the quirks of Google, Kakao or Naver: it checks
 * the client, the redirect URI and PKCE, gives a code that is good once and for a while, and a profile to
 * whoever has the token. `person` is signed in at once, without a page that asks. It does not sign
 * its ID token and asks for no consent.
 */
export interface AuthorizationServer {
  readonly endpoints: { readonly [name in "authorization" | "token" | "userinfo"]: string };
  /** Who signs in; undefined denies access. */
  person: Person | undefined;
  /** Changes an endpoint's successful response. */
  readonly amend: { [name in Endpoint]?: (body: object) => object };
  readonly broken: { [name in Endpoint]?: Breakdown };
  /** Every code and token issued, which nobody but the client may see. */
  readonly secrets: readonly string[];
  stop(): Promise<void>;
}

export type Endpoint = "token" | "userinfo";

/**
 * `slow` begins late, `drip` begins at once and ends late; except for `500`, `429` and `garbage` the
 * response is correct: behind a `redirect`, declared as `html`, or `huge` by 100 kB of padding.
 */
export type Breakdown = "slow" | "drip" | "500" | "429" | "garbage" | "huge" | "redirect" | "html";

export interface AuthorizationServerOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /** As registered; nobody is redirected to any other. */
  readonly redirectUri: string;
  readonly person: Person;
  readonly codeLifeMs?: number;
  /** Of `slow` and `drip`. */
  readonly lateMs?: number;
}

export function startAuthorizationServer(
  kind: ProviderKind,
  options: AuthorizationServerOptions,
): AuthorizationServer {
  const { lateMs = 2_000 } = options;
  const provider: Provider = {
    options,
    quirks: QUIRKS[kind],
    grants: new Map(),
    holders: new Map(),
    secrets: [],
    amend: {},
  };
  const broken: AuthorizationServer["broken"] = {};
  const listener = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    routes: {
      "/authorize": { GET: (request) => authorize(provider, server.person, new URL(request.url)) },
      "/token": {
        POST: async (request) =>
          damage(await giveToken(provider, request), broken.token, request, lateMs),
      },
      "/userinfo": {
        GET: (request) => damage(giveProfile(provider, request), broken.userinfo, request, lateMs),
      },
    },
    fetch: () => new Response("not found", { status: 404 }),
  });
  const { origin } = listener.url;
  const server: AuthorizationServer = {
    endpoints: {
      authorization: `${origin}/authorize`,
      token: `${origin}/token`,
      userinfo: `${origin}/userinfo`,
    },
    person: options.person,
    amend: provider.amend,
    broken,
    secrets: provider.secrets,
    stop: () => listener.stop(true),
  };
  return server;
}

interface Provider {
  readonly options: AuthorizationServerOptions;
  readonly quirks: Quirks;
  /** By their code. */
  readonly grants: Map<string, Grant>;
  /** By their access token. */
  readonly holders: Map<string, Person>;
  readonly secrets: string[];
  readonly amend: AuthorizationServer["amend"];
}

interface Grant {
  readonly person: Person;
  readonly redirectUri: string;
  readonly state: string;
  readonly challenge: string;
  readonly expiresAtMs: number;
}

function authorize(provider: Provider, person: Person | undefined, { searchParams: asked }: URL) {
  const { options, quirks } = provider;
  const redirectUri = asked.get("redirect_uri");
  const state = asked.get("state");
  const challenge = asked.get("code_challenge") ?? "";
  const isAcceptable =
    asked.get("client_id") === options.clientId &&
    asked.get("response_type") === "code" &&
    asked.get("code_challenge_method") === "S256" &&
    /^[\w-]{43}$/.test(challenge) &&
    (asked.has("scope") || !quirks.wantsScope);
  // Shown to the person: nobody is redirected to an address that is not registered.
  if (redirectUri !== options.redirectUri || !state || !isAcceptable) {
    return new Response("invalid request", { status: 400 });
  }
  const back = new URL(redirectUri);
  const parameters: Record<string, string> = { state };
  if (person === undefined) {
    Object.assign(parameters, { error: "access_denied", error_description: quirks.denial });
  } else {
    const code = newSecret(provider);
    const expiresAtMs = Date.now() + (options.codeLifeMs ?? 60_000);
    provider.grants.set(code, { person, redirectUri, state, challenge, expiresAtMs });
    Object.assign(parameters, quirks.extras, { code });
  }
  for (const [name, value] of Object.entries(parameters)) back.searchParams.set(name, value);
  return Response.redirect(back.href, 302);
}

async function giveToken(provider: Provider, request: Request): Promise<Response> {
  const { grants, holders, quirks, options, amend } = provider;
  const form = new URLSearchParams(await request.text());
  const code = form.get("code") ?? "";
  const errorResponse = (kind: ErrorKind) => quirks.errorResponse(kind, code);
  if (!isClient(provider, form, request.headers.get("authorization")))
    return errorResponse("client_unknown");
  const grant = grants.get(code);
  grants.delete(code);
  if (form.get("grant_type") !== "authorization_code") return errorResponse("request_invalid");
  if (grant === undefined || Date.now() >= grant.expiresAtMs) return errorResponse("code_invalid");
  if (quirks.wantsState && form.get("state") !== grant.state)
    return errorResponse("request_invalid");
  if (form.get("redirect_uri") !== grant.redirectUri) return errorResponse("redirect_mismatch");
  const verifier = form.get("code_verifier") ?? "";
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  if (challenge !== grant.challenge) return errorResponse("verifier_wrong");
  const accessToken = newSecret(provider);
  holders.set(accessToken, grant.person);
  const body = quirks.tokens(accessToken, grant.person, options.clientId);
  return Response.json(amend.token?.(body) ?? body);
}

function isClient({ quirks, options }: Provider, form: URLSearchParams, header: string | null) {
  const [id, secret] =
    quirks.takesBasic && header?.startsWith("Basic ")
      ? atob(header.slice(6)).split(":").map(decodeURIComponent)
      : [form.get("client_id"), form.get("client_secret")];
  return id === options.clientId && secret === options.clientSecret;
}

function giveProfile({ holders, quirks, amend }: Provider, { headers }: Request): Response {
  const [, shown = ""] = /^Bearer (.+)$/.exec(headers.get("authorization") ?? "") ?? [];
  const person = holders.get(shown);
  if (person === undefined) return quirks.errorResponse("token_invalid", "");
  const body = quirks.profile(person);
  return Response.json(amend.userinfo?.(body) ?? body);
}

function newSecret({ secrets }: Provider): string {
  const made = randomBytes(24).toString("base64url");
  secrets.push(made);
  return made;
}

async function damage(
  response: Response,
  breakdown: Breakdown | undefined,
  request: Request,
  lateMs: number,
): Promise<Response> {
  const { status, headers } = response;
  const isAgain = new URL(request.url).search === "?again";
  if (isAgain) return response;
  const text = await response.text();
  switch (breakdown) {
    case undefined:
      return new Response(text, { status, headers });
    case "slow":
      await Bun.sleep(lateMs);
      return new Response(text, { status, headers });
    case "drip":
      return new Response(dripping(text, lateMs), { status, headers });
    case "500":
    case "429":
      return Response.json({ error: "server_error" }, { status: Number(breakdown) });
    case "garbage":
      return new Response(text.slice(0, -1), { status, headers });
    case "huge":
      return new Response(`${text.slice(0, -1)},"padding":"${"x".repeat(100_000)}"}`, {
        status,
        headers,
      });
    case "redirect":
      return Response.redirect(`${request.url}?again`, 307);
    case "html":
      return new Response(text, { status, headers: { "content-type": "text/html" } });
  }
}

function dripping(text: string, lateMs: number): ReadableStream<Uint8Array> {
  const [start, rest] = [text.slice(0, 10), text.slice(10)].map((part) => Buffer.from(part));
  return new ReadableStream({
    async start(controller) {
      controller.enqueue(start);
      await Bun.sleep(lateMs);
      // The reader may have closed the stream by then.
      try {
        controller.enqueue(rest);
        controller.close();
      } catch {}
    },
  });
}
