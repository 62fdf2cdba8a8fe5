import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate } from "#lib/db/migrate.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import type { Caller } from "#lib/token/authenticate.ts";
import { proofHeader, signProof } from "#lib/token/internal-proof.ts";
import { makeKey, openKeySet } from "#lib/token/key-set.ts";
import { signToken } from "#lib/token/sign-token.ts";
import { tokenCookies } from "#lib/token/token.ts";
import { createApiClient } from "../harness/api-client.ts";
import { type AppProcess, startApp } from "../harness/app-process.ts";
import { createChatReader } from "../harness/chat-reader.ts";
import { signIn } from "../harness/sign-in.ts";
import { type Harness, scan, startHarness } from "./harness.ts";

/** Whom an operation serves; the route walk sends it as each kind of caller. */
interface Rule {
  readonly for: "everybody" | "users" | "admins";
  /** For those it serves; of something that has an owner, for the owner. */
  readonly answer: Answer;
  /** For another user with a valid token. Default: the same. */
  readonly stranger?: Answer;
  readonly query?: string;
  readonly body?: unknown;
  /** It deletes the account: the walk makes users for it. */
  readonly isFatal?: boolean;
}

/** Status, and the code of its problem document. */
type Answer = readonly [status: number, code?: string];

/** What exists when an operation is called: values for `{name}` in paths, queries and bodies. */
interface Ground {
  /** The owner's finished scan, and the key and URL of its photo. */
  readonly job_id: string;
  /** Their answered message, and its conversation. */
  readonly chat_job_id: string;
  readonly chat_id: string;
  readonly key: string;
  readonly image_url: string;
  /** Of a character that the walk adds and deletes. */
  readonly code: string;
}

/** @param name of the operation: method and path */
function requestOf(name: string, { query = "", body }: Rule, ground: Ground) {
  const [method = "", path = ""] = name.split(" ");
  const values = new Map(Object.entries({ ...fixed, ...ground }));
  if (path.startsWith("/api/v1/chat")) values.set("job_id", ground.chat_job_id);
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (_, one) => values.get(one) ?? "");
  const json = body === undefined ? undefined : fill(JSON.stringify(body));
  return { method, path: encodeURI(fill(path)) + fill(query), body: json };
}

const fixed = {
  ...{ channel: "scan", name: "이코", file: "char-eco.svg", provider: "dev" },
  id: "999999999999999",
};

type More = Pick<Rule, "query" | "body" | "stranger" | "isFatal">;
const everybody = (answer: Answer, more: More = {}): Rule => ({
  for: "everybody",
  answer,
  ...more,
});
const users = (answer: Answer, more: More = {}): Rule => ({ for: "users", answer, ...more });
const admins = (answer: Answer, more: More = {}): Rule => ({ for: "admins", answer, ...more });
/** Of a scan: to anybody but its owner it does not exist. */
const scans = (answer: Answer, more: More = {}): Rule =>
  users(answer, { stranger: [404, "JOB_NOT_FOUND"], ...more });

/** Of a conversation, likewise. */
const chats = (answer: Answer, more: More = {}): Rule =>
  users(answer, { stranger: [404, "CHAT_NOT_FOUND"], ...more });

/**
 * One rule for every operation of the OpenAPI document, in the order in which they are called. A new
 * route without a rule fails the walk.
 */
const RULES: Readonly<Record<string, Rule>> = {
  "POST /api/v1/images/{channel}": users([201], {
    body: { content_type: "image/jpeg", size: 1_000 },
  }),
  "PUT /api/v1/images/upload/{key}": everybody([403, "UPLOAD_SIGNATURE_INVALID"], {
    body: "not signed",
  }),
  "POST /api/v1/images/{channel}/callback": users([200], {
    body: { key: "{key}" },
    stranger: [404, "UPLOAD_NOT_FOUND"],
  }),
  "GET /api/v1/images/files/{key}": everybody([200]),
  "POST /api/v1/scan": users([202], { body: { image_url: "{image_url}" } }),
  "GET /api/v1/scan": users([200]),
  "GET /api/v1/scan/categories": users([200]),
  "GET /api/v1/scan/result/{job_id}": scans([200]),
  "GET /api/v1/scan/{job_id}/result": scans([200]),
  "GET /api/v1/stream": scans([200], { query: "?job_id={job_id}" }),
  "GET /api/v1/scan/{job_id}/events": scans([200]),
  "POST /api/v1/scan/{job_id}/feedback": scans([201], {
    body: { verdict: "wrong", category: "유리병", note: "유리로 된 병이에요" },
  }),
  "DELETE /api/v1/scan/{job_id}": scans([409, "SCAN_FINISHED"]),
  "GET /api/v1/chat/stream": scans([200], { query: "?job_id={job_id}" }),
  "GET /api/v1/chat/{job_id}/events": scans([200]),
  "POST /api/v1/chat": users([201], { body: { title: "페트병" } }),
  "GET /api/v1/chat": users([200]),
  "POST /api/v1/chat/messages": users([202], { body: { message: "페트병은 어떻게 버려요?" } }),
  "POST /api/v1/chat/{chat_id}/messages": chats([202], { body: { message: "라벨은요?" } }),
  "GET /api/v1/chat/{chat_id}": chats([200]),
  "PATCH /api/v1/chat/{chat_id}": chats([200], { body: { title: "라벨" } }),
  "DELETE /api/v1/chat/jobs/{job_id}": scans([409, "CHAT_FINISHED"]),
  "POST /api/v1/chat/jobs/{job_id}/input": scans([409, "CHAT_FINISHED"], {
    body: { type: "cancel" },
  }),
  "DELETE /api/v1/chat/{chat_id}": chats([204]),
  "GET /api/v1/users/me": users([200]),
  "PATCH /api/v1/users/me": users([200], { body: { nickname: "걷는 사람" } }),
  "GET /api/v1/users/me/characters": users([200]),
  "GET /api/v1/users/me/characters/{name}/ownership": users([200]),
  "GET /api/v1/locations/centers": users([200], { query: "?lat=37.5663&lon=126.9779" }),
  "GET /api/v1/locations/search": users([200], { query: "?q=예시" }),
  "GET /api/v1/locations/suggest": users([200], { query: "?q=시청" }),
  "GET /api/v1/locations/centers/{id}": users([404, "CENTER_NOT_FOUND"]),
  "DELETE /api/v1/users/me": users([204], { isFatal: true }),
  "GET /api/v1/character/catalog": everybody([200]),
  "GET /api/v1/character/images/{file}": everybody([200]),
  "POST /api/v1/character/catalog": admins([201], {
    body: { code: "{code}", name: "{code}", match_label: null, dialog: "안녕" },
  }),
  "PATCH /api/v1/character/catalog/{code}": admins([200], { body: { dialog: "또 만났네" } }),
  "DELETE /api/v1/character/catalog/{code}": admins([204]),
  "GET /api/v1/auth/{provider}/authorize": everybody([400, "REDIRECT_NOT_ALLOWED"], {
    query: "?redirect=//evil.example",
  }),
  "GET /api/v1/auth/{provider}/callback": everybody([400, "SIGN_IN_STATE_INVALID"], {
    query: "?code=owner&state=made-up",
  }),
  // Its credential is the refresh cookie, which the walk does not send.
  "POST /api/v1/auth/refresh": everybody([401, "UNAUTHENTICATED"]),
  "GET /api/v1/auth/.well-known/jwks.json": everybody([200]),
  "POST /api/v1/auth/logout": everybody([204]),
};

const admin = `admin-${crypto.randomUUID()}`;
const keySet = { keys: [await makeKey()] };

/** A token as our own keys make it. */
async function tokenOf(userId: string): Promise<string> {
  const session = { sid: crypto.randomUUID(), jti: crypto.randomUUID() };
  const claims = { sub: userId, provider: "google", ...session };
  return (await signToken(await openKeySet(keySet), "access", claims, Date.now())).token;
}

type Session = Awaited<ReturnType<typeof signIn>>;

async function send(
  origin: string,
  { method, path, body }: ReturnType<typeof requestOf>,
  headers: Record<string, string>,
) {
  const response = await fetch(new URL(path, origin), {
    method,
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    redirect: "manual",
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  const code = text.startsWith("{") && response.status >= 400 ? JSON.parse(text).code : undefined;
  const caching = response.headers.get("cache-control");
  return { answer: [response.status, ...(code ? [code] : [])], text, caching };
}

async function operationsOf(origin: string): Promise<{ name: string; isPublic: boolean }[]> {
  const document = await (await fetch(`${origin}/api/v1/openapi.json`)).json();
  return Object.entries<Record<string, { security?: unknown[] }>>(document.paths).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, { security }]) => ({
        name: `${method.toUpperCase()} ${path}`,
        isPublic: security?.length === 0,
      })),
  );
}

const rules = Object.entries<Rule>(RULES);

describe("every operation of the API", () => {
  let eco2: Harness;
  let ground: Ground;
  let owner: Session;
  let stranger: Session;
  let revoked: Session;
  let ofOwner: string[];

  beforeAll(async () => {
    eco2 = await startHarness({
      ADMIN_USERS: admin,
      AUTH_KEYS: JSON.stringify(keySet),
      SIGN_INS_PER_MINUTE_PER_IP: "0",
    });
    const newSession = () => signIn(eco2.origin, `walk-${crypto.randomUUID()}`);
    [owner, stranger, revoked] = await Promise.all([newSession(), newSession(), newSession()]);
    await fetch(`${eco2.origin}/api/v1/auth/logout`, { method: "POST", headers: revoked });
    const me = await (await fetch(`${eco2.origin}/api/v1/users/me`, { headers: owner })).json();
    const api = createApiClient(eco2.origin, owner);
    const { job_id } = await scan(api);
    const history = await (await fetch(`${eco2.origin}/api/v1/scan`, { headers: owner })).json();
    const image_url: string = history.items[0].image_url;
    const key = new URL(image_url).pathname.split("/").at(-1) ?? "";
    const chat = createChatReader(eco2.origin, owner);
    const { job_id: chat_job_id, chat_id } = await chat.send({
      message: "페트병은 어떻게 버려요?",
    });
    await chat.follow(chat_job_id);
    const ofChat = { chat_job_id, chat_id };
    ground = { job_id, ...ofChat, image_url, key, code: `char-walk-${Date.now()}` };
    ofOwner = [me.id, job_id, key, chat_job_id, chat_id];
  }, 60_000);
  afterAll(() => eco2?.stop());

  const expectAnswer = async (
    name: string,
    rule: Rule,
    headers: Record<string, string>,
    answer: Answer,
  ) => {
    const request = requestOf(name, rule, ground);
    const { answer: actual, text, caching } = await send(eco2.origin, request, headers);
    expect([name, ...actual]).toEqual([name, ...answer]);
    // What a user is told is for no cache.
    if (rule.for !== "everybody") expect([name, caching]).toEqual([name, "no-store"]);
    return text;
  };

  test("has a rule, and no rule is without its operation", async () => {
    const operations = await operationsOf(eco2.origin);
    expect(operations.map(({ name }) => name).sort()).toEqual(Object.keys(RULES).sort());
    const open = operations.filter(({ isPublic }) => isPublic).map(({ name }) => name);
    const ruledOpen = rules.filter(([, rule]) => rule.for === "everybody").map(([name]) => name);
    expect(open.sort()).toEqual(ruledOpen.sort());
  });

  test.each(rules)(
    "%s: anonymously, with a broken token, and with a revoked one",
    async (name, rule) => {
      const refused = (code: string): Answer =>
        rule.for === "everybody" ? rule.answer : [401, code];
      await expectAnswer(name, rule, {}, refused("UNAUTHENTICATED"));
      await expectAnswer(name, rule, { authorization: "Bearer x.y.z" }, refused("TOKEN_INVALID"));
      const access = cookieOf(revoked);
      await expectAnswer(name, rule, { cookie: access }, refused("TOKEN_REVOKED"));
      const bearer = `Bearer ${access.slice(tokenCookies.access.length + 1)}`;
      await expectAnswer(name, rule, { authorization: bearer }, refused("TOKEN_REVOKED"));
    },
  );

  test.each(rules)("%s: as another user, as the owner, as an administrator", async (name, rule) => {
    if (rule.for === "everybody") return;
    if (rule.for === "admins") {
      await expectAnswer(name, rule, { cookie: cookieOf(owner) }, [403, "FORBIDDEN"]);
      const token = await tokenOf(admin);
      await expectAnswer(name, rule, { authorization: `Bearer ${token}` }, rule.answer);
      return;
    }
    const { stranger: answerToStranger = rule.answer } = rule;
    const newUser = () => signIn(eco2.origin, `walk-${crypto.randomUUID()}`);
    const people = rule.isFatal ? [await newUser(), await newUser()] : [stranger, owner];
    const [other, own] = people.map((one) => ({ cookie: cookieOf(one) }));
    const seen = await expectAnswer(name, rule, other ?? {}, answerToStranger);
    if (rule.body === undefined) for (const one of ofOwner) expect(seen).not.toContain(one);
    // An identity header is ignored beside a token.
    const spoof = { ...other, "x-user-id": ofOwner[0] ?? "" };
    if (!rule.isFatal) await expectAnswer(name, rule, spoof, answerToStranger);
    await expectAnswer(name, rule, own ?? {}, rule.answer);
  });

  /** The access token only: a browser sends the refresh token to the auth service alone. */
  function cookieOf({ cookie }: Session): string {
    return cookie.split("; ").find((one) => one.startsWith(`${tokenCookies.access}=`)) ?? "";
  }
});

describe("without AUTH_MODE=dev", () => {
  let eco2: Harness;
  beforeAll(async () => {
    eco2 = await startHarness({
      AUTH_MODE: "oauth",
      AUTH_KEYS: JSON.stringify(keySet),
      PUBLIC_URL: "http://127.0.0.1",
      GOOGLE_CLIENT_ID: "id",
      GOOGLE_CLIENT_SECRET: "secret",
    });
  }, 60_000);
  afterAll(() => eco2?.stop());

  const id = crypto.randomUUID();
  const made = { job_id: id, chat_job_id: id, chat_id: id, key: "k", code: "char-walk" };
  const ground = { ...made, image_url: "http://127.0.0.1/api/v1/images/files/k" };

  test.each(rules)("%s trusts no identity header", async (name, rule) => {
    if (rule.for === "everybody") return;
    const headers = { "x-user-id": admin, "x-auth-provider": "google" };
    const { answer } = await send(eco2.origin, requestOf(name, rule, ground), headers);
    expect([name, ...answer]).toEqual([name, 401, "UNAUTHENTICATED"]);
  });

  test("there is no sign-in without a provider", async () => {
    const response = await fetch(`${eco2.origin}/api/v1/auth/dev/authorize`, {
      redirect: "manual",
    });
    expect([response.status, (await response.json()).code]).toEqual([404, "PROVIDER_UNKNOWN"]);
  });

  test("a token of our keys is good", async () => {
    const headers = { authorization: `Bearer ${await tokenOf(`user-${crypto.randomUUID()}`)}` };
    expect((await fetch(`${eco2.origin}/api/v1/users/me`, { headers })).status).toBe(200);
  });
});

/** In production, with no proxy before them: as whoever is inside the network could call them. */
describe("a service that runs alone", () => {
  const services = [
    ...(["scan", "events", "users", "character", "images", "chat", "location"] as const),
  ];
  const secret = "0123456789abcdef0123456789abcdef";
  const apps: AppProcess[] = [];
  const folder = mkdtempSync(join(tmpdir(), "eco2-alone-"));
  let gatekeeper: AppProcess;
  /** Origin of the service that has the operation. */
  const origins = new Map<string, string>();

  beforeAll(async () => {
    await migrate(serviceUrls.DATABASE_URL);
    const start = (main: string, env: Record<string, string> = {}) => {
      const own = { INTERNAL_SECRET: secret, LOG_LEVEL: "error" };
      const production = { NODE_ENV: "production", AUTH_MODE: "oauth", ADMIN_USERS: admin };
      const all = { ...serviceUrls, ...production, IMAGE_DIR: folder, ...own, ...env };
      const app = startApp({ main, env: all });
      apps.push(app);
      return app;
    };
    gatekeeper = start("gatekeeper", { AUTH_KEYS: JSON.stringify(keySet) });
    for (const main of services) start(main);
    await Promise.all(apps.map((app) => app.ready()));
    for (const { origin } of apps) {
      if (origin === gatekeeper.origin) continue;
      for (const { name } of await operationsOf(origin)) origins.set(name, origin);
    }
  }, 60_000);
  afterAll(async () => {
    await Promise.all(apps.map((app) => app.end("SIGTERM", 10_000)));
    rmSync(folder, { recursive: true });
  });

  const id = crypto.randomUUID();
  const made = { job_id: id, chat_job_id: id, chat_id: id, key: "k", code: "char-walk" };
  const ground = { ...made, image_url: "http://127.0.0.1/api/v1/images/files/k" };
  const closed = rules.filter(([, rule]) => rule.for !== "everybody");
  const bob: Caller = { userId: admin, provider: "google" };

  test.each(closed)(
    "%s believes no identity without proof of the gatekeeper",
    async (name, rule) => {
      const claim = { "x-user-id": admin, "x-auth-provider": "google" };
      const proofs: Record<string, string>[] = [
        {},
        { [proofHeader]: admin },
        { [proofHeader]: signProof(`${secret}-of-another`, bob) },
        { [proofHeader]: signProof(secret, bob, Date.now() - 60_000) },
      ];
      for (const proof of proofs) {
        const headers = { ...claim, ...proof };
        const request = requestOf(name, rule, ground);
        const { answer } = await send(origins.get(name) ?? "", request, headers);
        expect([name, ...answer]).toEqual([name, 401, "UNAUTHENTICATED"]);
      }
    },
  );

  test("takes a request for the gatekeeper's caller, not for whom the client names", async () => {
    const userId = `user-${crypto.randomUUID()}`;
    const path = "/api/v1/users/me";
    const token = { authorization: `Bearer ${await tokenOf(userId)}` };
    const checked = await fetch(`${gatekeeper.origin}/authz${path}`, { headers: token });
    const proof = checked.headers.get(proofHeader) ?? "";
    const headers = { "x-user-id": admin, [proofHeader]: proof };
    const response = await fetch(`${origins.get(`GET ${path}`)}${path}`, { headers });
    expect([response.status, (await response.json()).id]).toEqual([200, userId]);
  });
});
