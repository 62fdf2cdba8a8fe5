import { beforeAll, describe, expect, test } from "bun:test";
import { connectDatabase } from "#lib/db/client.ts";
import { sessions } from "#lib/db/schema.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { makeKey, openKeySet } from "#lib/token/key-set.ts";
import { signToken } from "#lib/token/sign-token.ts";
import { tokenCookies } from "#lib/token/token.ts";
import { createApiClient } from "../harness/api-client.ts";
import { createChatReader } from "../harness/chat-reader.ts";
import { checkedFetch } from "../harness/document-check.ts";
import { scan } from "./harness.ts";

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
  /** It answers until its reader leaves. */
  readonly isEndless?: boolean;
}

/** Status, and the code of its problem document. */
type Answer = readonly [status: number, code?: string];

/** What exists when an operation is called: values for `{name}` in paths, queries and bodies. */
export interface Ground {
  /** The owner's finished scan, and the key and URL of its photo. */
  readonly job_id: string;
  /** Their answered message, and its conversation. */
  readonly chat_job_id: string;
  readonly chat_id: string;
  readonly webhook_id: string;
  readonly key: string;
  readonly image_url: string;
  /** Of a character that the walk adds and deletes. */
  readonly code: string;
}

/** @param name of the operation: method and path */
export function requestOf(name: string, rule: Rule, ground: Ground) {
  const { query = "", body, isEndless = false } = rule;
  const [method = "", path = ""] = name.split(" ");
  const values = new Map(Object.entries({ ...fixed, ...ground }));
  if (path.startsWith("/api/v1/chat")) values.set("job_id", ground.chat_job_id);
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (_, one) => values.get(one) ?? "");
  const json = body === undefined ? undefined : fill(JSON.stringify(body));
  return { method, path: encodeURI(fill(path)) + fill(query), body: json, isEndless };
}

const fixed = {
  channel: "scan",
  name: "이코",
  file: "char-eco.svg",
  provider: "google",
  /** Of no place. */
  id: "999999999",
  queue: "archive.scan.rule",
  /** Of no delivery. */
  delivery_id: "999999999999",
};

type More = Pick<Rule, "query" | "body" | "stranger" | "isFatal" | "isEndless">;
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

/** Of a webhook, likewise. */
const webhooks = (answer: Answer, more: More = {}): Rule =>
  users(answer, { stranger: [404, "WEBHOOK_NOT_FOUND"], ...more });

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
  "POST /api/v1/webhooks": users([201], { body: { url: "https://hooks.invalid/eco2" } }),
  "GET /api/v1/webhooks": users([200]),
  "GET /api/v1/webhooks/{webhook_id}": webhooks([200]),
  "PATCH /api/v1/webhooks/{webhook_id}": webhooks([200], { body: { enabled: true } }),
  "POST /api/v1/webhooks/{webhook_id}/secret": webhooks([200]),
  "POST /api/v1/webhooks/{webhook_id}/ping": webhooks([202]),
  "GET /api/v1/webhooks/{webhook_id}/deliveries": webhooks([200]),
  "POST /api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay": webhooks([
    404,
    "WEBHOOK_DELIVERY_NOT_FOUND",
  ]),
  "DELETE /api/v1/webhooks/{webhook_id}": webhooks([204]),
  "DELETE /api/v1/users/me": users([204], { isFatal: true }),
  "GET /api/v1/character/catalog": everybody([200]),
  "GET /api/v1/character/images/{file}": everybody([200]),
  "POST /api/v1/character/catalog": admins([201], {
    body: { code: "{code}", name: "{code}", match_label: null, dialog: "안녕" },
  }),
  "PATCH /api/v1/character/catalog/{code}": admins([200], { body: { dialog: "또 만났네" } }),
  "DELETE /api/v1/character/catalog/{code}": admins([204]),
  "GET /api/v1/ops/status": admins([200]),
  "GET /api/v1/ops/stream": admins([200], { isEndless: true }),
  "GET /api/v1/ops/jobs/{job_id}": admins([200]),
  "GET /api/v1/ops/dead-letters": admins([200]),
  "GET /api/v1/ops/dead-letters/{queue}": admins([200]),
  "POST /api/v1/ops/dead-letters/{queue}/redrive": admins([200], { body: { dry_run: true } }),
  "GET /api/v1/auth/providers": everybody([200]),
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

export const admin = `admin-${crypto.randomUUID()}`;
export const keySet = { keys: [await makeKey()] };

/** A token as our own keys make it. */
export async function tokenOf(userId: string, sid = crypto.randomUUID()): Promise<string> {
  const session = { sid, jti: crypto.randomUUID() };
  const claims = { sub: userId, provider: "google", ...session };
  return (await signToken(await openKeySet(keySet), "access", claims, Date.now())).token;
}

export async function send(
  origin: string,
  { method, path, body, isEndless }: ReturnType<typeof requestOf>,
  headers: Record<string, string>,
) {
  const reading = new AbortController();
  const response = await checkedFetch(new URL(path, origin), {
    method,
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    redirect: "manual",
    signal: reading.signal,
    ...(body === undefined ? {} : { body }),
  });
  const text = isEndless && response.ok ? "" : await response.text();
  reading.abort();
  const code = text.startsWith("{") && response.status >= 400 ? JSON.parse(text).code : undefined;
  const caching = response.headers.get("cache-control");
  return { answer: [response.status, ...(code ? [code] : [])], text, caching };
}

export async function operationsOf(origin: string): Promise<{ name: string; isPublic: boolean }[]> {
  const document = await (await fetch(`${origin}/api/v1/openapi.json`)).json();
  return Object.entries<Record<string, { security?: unknown[] }>>(document.paths).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, { security }]) => ({
        name: `${method.toUpperCase()} ${path}`,
        isPublic: security?.length === 0,
      })),
  );
}

export const rules = Object.entries<Rule>(RULES);

/** What the processes of a walk are configured with, besides. */
export const walkSettings = {
  ADMIN_USERS: admin,
  AUTH_KEYS: JSON.stringify(keySet),
  SIGN_INS_PER_MINUTE_PER_IP: "0",
  GOOGLE_CLIENT_ID: "id",
  GOOGLE_CLIENT_SECRET: "secret",
} as const;

/** The tests of the walk, over the API at an origin: whatever processes and proxies are behind it. */
export function walkRoutes(where: string, origin: () => string): void {
  describe(`every operation of the API${where}`, () => {
    let walk: Awaited<ReturnType<typeof prepare>>;
    beforeAll(async () => {
      walk = await prepare(origin());
    }, 60_000);

    const expectAnswer = async (
      name: string,
      rule: Rule,
      headers: Record<string, string>,
      answer: Answer,
    ) => {
      const request = requestOf(name, rule, walk.ground);
      const { answer: actual, text, caching } = await send(origin(), request, headers);
      expect([name, ...actual]).toEqual([name, ...answer]);
      // What a user is told is for no cache.
      if (rule.for !== "everybody") expect([name, caching]).toEqual([name, "no-store"]);
      return text;
    };

    test("has a rule, and no rule is without its operation", async () => {
      const operations = await operationsOf(origin());
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
        await expectAnswer(name, rule, walk.revoked.headers, refused("TOKEN_REVOKED"));
        const authorization = `Bearer ${walk.revoked.token}`;
        await expectAnswer(name, rule, { authorization }, refused("TOKEN_REVOKED"));
      },
    );

    test.each(rules)(
      "%s: as another user, as the owner, as an administrator",
      async (name, rule) => {
        if (rule.for === "everybody") return;
        if (rule.for === "admins") {
          await expectAnswer(name, rule, walk.owner.headers, [403, "FORBIDDEN"]);
          const token = await tokenOf(admin);
          await expectAnswer(name, rule, { authorization: `Bearer ${token}` }, rule.answer);
          return;
        }
        const { stranger: answerToStranger = rule.answer } = rule;
        const people = rule.isFatal
          ? [await newSession(), await newSession()]
          : [walk.stranger, walk.owner];
        const [other, own] = people.map(({ headers }) => headers);
        const seen = await expectAnswer(name, rule, other ?? {}, answerToStranger);
        // Whoever is given a photo's address may scan it, and the stranger just has: its history may say so.
        const known = name === "GET /api/v1/scan" ? walk.ground.key : undefined;
        const hidden = walk.ofOwner.filter((one) => one !== known);
        if (rule.body === undefined) for (const one of hidden) expect(seen).not.toContain(one);
        // An identity header is ignored beside a token.
        const spoof = { ...other, "x-user-id": walk.ofOwner[0] ?? "" };
        if (!rule.isFatal) await expectAnswer(name, rule, spoof, answerToStranger);
        await expectAnswer(name, rule, own ?? {}, rule.answer);
      },
    );
  });
}

/** Three callers, and what the owner has. */
async function prepare(origin: string) {
  const [owner, stranger, revoked] = [await newSession(), await newSession(), await newSession()];
  await end(origin, revoked);
  const { job_id } = await scan(createApiClient(origin, owner.headers));
  const read = async (path: string) =>
    (await fetch(`${origin}${path}`, { headers: owner.headers })).json();
  const image_url: string = (await read("/api/v1/scan")).items[0].image_url;
  const key = new URL(image_url).pathname.split("/").at(-1) ?? "";
  const chat = createChatReader(origin, owner.headers);
  const message = "페트병은 어떻게 버려요?";
  const { job_id: chat_job_id, chat_id } = await chat.send({ message });
  await chat.follow(chat_job_id);
  const made = await fetch(`${origin}/api/v1/webhooks`, {
    method: "POST",
    headers: { ...owner.headers, "content-type": "application/json" },
    body: JSON.stringify({ url: "https://hooks.invalid/walk" }),
  });
  const { id: webhook_id } = await made.json();
  const code = `char-walk-${crypto.randomUUID().slice(0, 8)}`;
  const ground: Ground = { job_id, chat_job_id, chat_id, webhook_id, image_url, key, code };
  const own = [job_id, key, chat_job_id, chat_id, webhook_id];
  const ofOwner = [(await read("/api/v1/users/me")).id, ...own];
  return { owner, stranger, revoked, ground, ofOwner };
}

type Session = Awaited<ReturnType<typeof newSession>>;

/** As a browser sends it: the refresh token is for the auth service alone. */
async function newSession() {
  const [userId, id] = [`walk-${crypto.randomUUID()}`, crypto.randomUUID()];
  const token = await tokenOf(userId, id);
  return { userId, id, token, headers: { cookie: `${tokenCookies.access}=${token}` } };
}

/** Signs out, and waits until whoever authenticates has heard of it. */
async function end(origin: string, { userId, id, headers }: Session): Promise<void> {
  const readMe = () => fetch(`${origin}/api/v1/users/me`, { headers });
  await readMe();
  const database = await connectDatabase(serviceUrls.DATABASE_URL);
  const expiry = new Date(Date.now() + 3_600_000);
  const tokens = { accessJti: crypto.randomUUID(), refreshJti: crypto.randomUUID() };
  const row = { id, userId, provider: "google", accessExpiresAt: expiry, expiresAt: expiry };
  await database.call((db) => db.insert(sessions).values({ ...row, ...tokens }));
  await database.close();
  await fetch(`${origin}/api/v1/auth/logout`, { method: "POST", headers });
  await until(async () => (await readMe()).status === 401, { timeoutMs: 15_000 });
}
