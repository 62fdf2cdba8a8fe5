import { createHash, randomBytes } from "node:crypto";
import {
  type Complaint,
  MANNERS,
  type Manners,
  type Person,
  type ProviderKind,
} from "./authorization-server-manners.ts";

/**
 * A sign-in provider that speaks HTTP for real, in the manners of Google, Kakao or Naver: it checks
 * the client, the redirect URI and PKCE, gives a code that is good once and for a while, and a profile to
 * whoever shows the token. In place of a person at a browser, `person` is signed in at once. What
 * it does not do: sign its ID token, or ask anybody for consent.
 */
export interface AuthorizationServer {
  readonly endpoints: { readonly [name in "authorization" | "token" | "userinfo"]: string };
  /** Who sits at the browser; undefined says no to us. */
  person: Person | undefined;
  /** Changes what an endpoint answers when all is well. */
  readonly amend: { [name in Endpoint]?: (answer: object) => object };
  readonly broken: { [name in Endpoint]?: Breakdown };
  /** Every code and token given out, which nobody but the client may see. */
  readonly secrets: readonly string[];
  stop(): Promise<void>;
}

export type Endpoint = "token" | "userinfo";

/**
 * `slow` begins late, `drip` begins at once and ends late; but for `500`, `429` and `garbage` the answer is
 * right in itself, behind a `redirect` or as `html` or with 100 kB of padding.
 */
export type Breakdown = "slow" | "drip" | "500" | "429" | "garbage" | "huge" | "redirect" | "html";

export interface AuthorizationServerOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /** As registered; no other is sent anybody. */
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
  const desk: Desk = {
    options,
    manners: MANNERS[kind],
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
      "/authorize": { GET: (request) => authorize(desk, server.person, new URL(request.url)) },
      "/token": {
        POST: async (request) =>
          damage(await giveToken(desk, request), broken.token, request, lateMs),
      },
      "/userinfo": {
        GET: (request) => damage(giveProfile(desk, request), broken.userinfo, request, lateMs),
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
    amend: desk.amend,
    broken,
    secrets: desk.secrets,
    stop: () => listener.stop(true),
  };
  return server;
}

interface Desk {
  readonly options: AuthorizationServerOptions;
  readonly manners: Manners;
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

function authorize(desk: Desk, person: Person | undefined, { searchParams: asked }: URL) {
  const { options, manners } = desk;
  const redirectUri = asked.get("redirect_uri");
  const state = asked.get("state");
  const challenge = asked.get("code_challenge") ?? "";
  const isAcceptable =
    asked.get("client_id") === options.clientId &&
    asked.get("response_type") === "code" &&
    asked.get("code_challenge_method") === "S256" &&
    /^[\w-]{43}$/.test(challenge) &&
    (asked.has("scope") || !manners.wantsScope);
  // Said to the person: an address that is not registered is sent nothing.
  if (redirectUri !== options.redirectUri || !state || !isAcceptable) {
    return new Response("invalid request", { status: 400 });
  }
  const back = new URL(redirectUri);
  const answer: Record<string, string> = { state };
  if (person === undefined) {
    Object.assign(answer, { error: "access_denied", error_description: manners.denial });
  } else {
    const code = newSecret(desk);
    const expiresAtMs = Date.now() + (options.codeLifeMs ?? 60_000);
    desk.grants.set(code, { person, redirectUri, state, challenge, expiresAtMs });
    Object.assign(answer, manners.extras, { code });
  }
  for (const [name, value] of Object.entries(answer)) back.searchParams.set(name, value);
  return Response.redirect(back.href, 302);
}

async function giveToken(desk: Desk, request: Request): Promise<Response> {
  const { grants, holders, manners, options, amend } = desk;
  const form = new URLSearchParams(await request.text());
  const code = form.get("code") ?? "";
  const complain = (complaint: Complaint) => manners.complain(complaint, code);
  if (!isClient(desk, form, request.headers.get("authorization")))
    return complain("client_unknown");
  const grant = grants.get(code);
  grants.delete(code);
  if (form.get("grant_type") !== "authorization_code") return complain("request_invalid");
  if (grant === undefined || Date.now() >= grant.expiresAtMs) return complain("code_invalid");
  if (manners.wantsState && form.get("state") !== grant.state) return complain("request_invalid");
  if (form.get("redirect_uri") !== grant.redirectUri) return complain("redirect_mismatch");
  const verifier = form.get("code_verifier") ?? "";
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  if (challenge !== grant.challenge) return complain("verifier_wrong");
  const accessToken = newSecret(desk);
  holders.set(accessToken, grant.person);
  const answer = manners.tokens(accessToken, grant.person, options.clientId);
  return Response.json(amend.token?.(answer) ?? answer);
}

function isClient({ manners, options }: Desk, form: URLSearchParams, header: string | null) {
  const [id, secret] =
    manners.takesBasic && header?.startsWith("Basic ")
      ? atob(header.slice(6)).split(":").map(decodeURIComponent)
      : [form.get("client_id"), form.get("client_secret")];
  return id === options.clientId && secret === options.clientSecret;
}

function giveProfile({ holders, manners, amend }: Desk, { headers }: Request): Response {
  const [, shown = ""] = /^Bearer (.+)$/.exec(headers.get("authorization") ?? "") ?? [];
  const person = holders.get(shown);
  if (person === undefined) return manners.complain("token_invalid", "");
  const answer = manners.profile(person);
  return Response.json(amend.userinfo?.(answer) ?? answer);
}

function newSecret({ secrets }: Desk): string {
  const made = randomBytes(24).toString("base64url");
  secrets.push(made);
  return made;
}

async function damage(
  answer: Response,
  breakdown: Breakdown | undefined,
  request: Request,
  lateMs: number,
): Promise<Response> {
  const { status, headers } = answer;
  const isAgain = new URL(request.url).search === "?again";
  if (isAgain) return answer;
  const text = await answer.text();
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
      // By then the reader has mostly gone.
      try {
        controller.enqueue(rest);
        controller.close();
      } catch {}
    },
  });
}
