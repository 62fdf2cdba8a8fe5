import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import type { Redis } from "ioredis";
import * as v from "valibot";
import type { Revocation } from "#lib/contract/revocation.ts";
import { connectDatabase, type Database } from "#lib/db/client.ts";
import { migrate } from "#lib/db/migrate.ts";
import { accounts, replacedTokens } from "#lib/db/schema.ts";
import { createApp } from "#lib/http/create-app.ts";
import { generateDocument } from "#lib/http/openapi.ts";
import { type Broker, connectBroker } from "#lib/queue/broker.ts";
import { createPublisher, type Publisher } from "#lib/queue/publisher.ts";
import { AUTHZ_EXCHANGE } from "#lib/queue/topology.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { startAuthorizationServer } from "#lib/testing/authorization-server.ts";
import { type Browser, openBrowser } from "#lib/testing/browser.ts";
import { openApiProblems } from "#lib/testing/openapi-problems.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { makeKey, openKeySet } from "#lib/token/key-set.ts";
import { RevocationList } from "#lib/token/revocation-list.ts";
import { verifyToken } from "#lib/token/verify-token.ts";
import { createOauthProvider } from "./adapters/oauth.ts";
import { AuthConfig } from "./config.ts";
import { authRoutes } from "./main-routes.ts";
import { PROVIDERS, type Provider } from "./provider.ts";
import { replacedGraceMs } from "./session.ts";

const keys = await openKeySet(undefined);
let database: Database;
let redis: Redis;
let broker: Broker;
let publisher: Publisher;
const heard: Revocation[] = [];
beforeAll(async () => {
  await migrate(serviceUrls.DATABASE_URL);
  database = await connectDatabase(serviceUrls.DATABASE_URL);
  redis = await connectRedis(serviceUrls.REDIS_URL, silentLog);
  broker = await connectBroker(serviceUrls.AMQP_URL, silentLog);
  publisher = await createPublisher(broker);
  await broker.openChannel(async (channel) => {
    const { queue } = await channel.assertQueue("", { exclusive: true, autoDelete: true });
    await channel.bindQueue(queue, AUTHZ_EXCHANGE, "");
    const hear = (content: Buffer) => void heard.push(JSON.parse(content.toString()));
    await channel.consume(queue, (message) => message && hear(message.content), { noAck: true });
  });
}, 30_000);
afterAll(async () => {
  await broker?.close();
  redis?.disconnect();
  await database?.close();
});

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** The service over real connections, as one process has it. */
function start(
  settings: Readonly<Record<string, string>> = {},
  providers?: ReadonlyMap<string, Provider>,
) {
  const free = { SIGN_INS_PER_MINUTE_PER_IP: "0", SIGN_INS_PER_MINUTE_PER_USER: "0" };
  const config = v.parse(AuthConfig, { ...serviceUrls, ...free, ...settings });
  const revocations = new RevocationList();
  const onStop = (_: string, close: () => unknown) => void closers.push(close);
  const scope = { stopping: false, onStop };
  const given = { database, redis, publisher, log: silentLog, scope, keys, revocations };
  const app = createApp(silentLog, [authRoutes(config, given, providers)]);
  return { revocations, app, open: () => openBrowser(app.fetch) };
}

const auth = (path: string) => `/api/v1/auth/${path}`;
const newPerson = () => `person-${crypto.randomUUID()}`;

async function signIn(browser: Browser, who = newPerson(), redirect = ""): Promise<Response> {
  const begun = await browser.send("GET", auth(`dev/authorize?login_hint=${who}${redirect}`));
  return browser.send("GET", begun.headers.get("location") ?? "");
}
const refresh = (browser: Browser) => browser.send("POST", auth("refresh"));
const access = (browser: Browser) =>
  verifyToken(keys, browser.cookies.get("s_access") ?? "", "access");
/** As if the newest replaced pairs had been replaced half a minute earlier. */
const agePair = () =>
  database.call((db) =>
    db.update(replacedTokens).set({ replacedAt: new Date(Date.now() - replacedGraceMs) }),
  );
const codeOf = async (response: Response): Promise<string> => (await response.json()).code;

describe("a person", () => {
  test("signs in, refreshes and logs out; revocations are published", async () => {
    const { open, revocations } = start();
    const browser = open();
    const who = newPerson();
    const response = await signIn(browser, who, "&redirect=/done");
    expect([response.status, response.headers.get("location")]).toEqual([302, "/done"]);
    const first = await access(browser);
    expect((await refresh(browser)).status).toBe(200);
    const second = await access(browser);
    expect(second).toMatchObject({ sub: first.sub, sid: first.sid });
    // Another tab may still show the first access token.
    expect([revocations.has(first), revocations.has(second)]).toEqual([false, false]);
    expect((await browser.send("POST", auth("logout"))).status).toBe(204);
    // In this process at once, in the others by the relay.
    expect([revocations.has(first), revocations.has(second)]).toEqual([true, true]);
    await until(() => heard.some(({ key }) => key === `sid:${first.sid}`));
    expect(await codeOf(await refresh(browser))).toBe("UNAUTHENTICATED");
    await signIn(browser, who);
    expect((await access(browser)).sub).toBe(first.sub);
  });

  test("whose 1,000 requests refresh at once gets one new pair in all of them, which works", async () => {
    const { open } = start();
    const browser = open();
    await signIn(browser);
    // Each with the cookies of before, as tabs that wake up together.
    const tabs = Array.from({ length: 1_000 }, () => browser.copy());
    const responses = await Promise.all(tabs.map(refresh));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
    const [tab = browser] = tabs;
    for (const name of ["s_access", "s_refresh"]) {
      expect(new Set(tabs.map(({ cookies }) => cookies.get(name))).size).toBe(1);
      expect(tab.cookies.get(name)).not.toBe(browser.cookies.get(name));
    }
    expect((await refresh(tab)).status).toBe(200);
  }, 30_000);

  test("whose replaced token comes back after half a minute is signed out everywhere", async () => {
    const { open } = start();
    const browser = open();
    await signIn(browser);
    const copy = browser.copy();
    await refresh(browser);
    await agePair();
    expect(await codeOf(await refresh(copy))).toBe("REFRESH_TOKEN_REUSED");
    expect(await codeOf(await refresh(browser))).toBe("TOKEN_REVOKED");
  });

  test("keeps the replaced access token for half a minute; its revocation is published then", async () => {
    const { open } = start();
    const browser = open();
    await signIn(browser);
    const { jti } = await access(browser);
    await refresh(browser);
    expect(heard.some(({ key }) => key === `jti:${jti}`)).toBe(false);
    await agePair();
    await until(() => heard.some(({ key }) => key === `jti:${jti}`));
  });

  test("who deleted the account cannot refresh, and is a new user afterwards", async () => {
    const { open } = start();
    const browser = open();
    const who = newPerson();
    await signIn(browser, who);
    const { sub } = await access(browser);
    await database.call((db) => db.delete(accounts).where(eq(accounts.id, sub)));
    expect(await codeOf(await refresh(browser))).toBe("TOKEN_REVOKED");
    await signIn(browser, who);
    expect((await access(browser)).sub).not.toBe(sub);
  });

  test("cannot finish what another browser began, nor finish twice", async () => {
    const { open } = start();
    const [attacker, victim] = [open(), open()];
    const begun = await attacker.send("GET", auth("dev/authorize?login_hint=attacker"));
    const callback = begun.headers.get("location") ?? "";
    const told = await victim.send("GET", callback);
    expect(told.headers.get("location")).toBe("/api/v1/users/me?error=SIGN_IN_BROWSER_CHANGED");
    expect(victim.cookies.size).toBe(0);
    expect(await codeOf(await attacker.send("GET", callback))).toBe("SIGN_IN_STATE_INVALID");
  });
});

describe("sign-ins", () => {
  test("of one address are limited, and those of another are not", async () => {
    const { app } = start({ SIGN_INS_PER_MINUTE_PER_IP: "3", TRUSTED_PROXY_HOPS: "1" });
    const network = `2001:db8:${hex()}:${hex()}`;
    const begin = (forwarded: string) =>
      app.request(auth("dev/authorize"), { headers: { "x-forwarded-for": forwarded } });
    const statuses: number[] = [];
    // At most three in each of the two minutes this may fall into.
    for (let i = 0; i < 7; i++) statuses.push((await begin(`6.6.6.${i}, ${network}::${i}`)).status);
    expect(statuses).toContain(429);
    expect(statuses.slice(0, 3)).toEqual([302, 302, 302]);
    expect((await begin(`2001:db8:${hex()}:${hex()}::1`)).status).toBe(302);
  });

  test("of one user are limited, whatever browser and address they come from", async () => {
    const { open } = start({ SIGN_INS_PER_MINUTE_PER_USER: "2" });
    const who = newPerson();
    const responses: Response[] = [];
    for (let i = 0; i < 5; i++) responses.push(await signIn(open(), who));
    expect(responses.slice(0, 2).map(({ status }) => status)).toEqual([302, 302]);
    const refused = responses.find(({ status }) => status === 429);
    expect(Number(refused?.headers.get("retry-after"))).toBeWithin(1, 61);
    expect((await signIn(open())).status).toBe(302);
  });

  test("of the provider dev exist only with AUTH_MODE=dev", async () => {
    const google = { GOOGLE_CLIENT_ID: "id", GOOGLE_CLIENT_SECRET: "secret" };
    const AUTH_KEYS = JSON.stringify({ keys: [await makeKey()] });
    const PUBLIC_URL = "https://eco2.example";
    const { open } = start({ AUTH_MODE: "oauth", AUTH_KEYS, PUBLIC_URL, ...google });
    const authorize = (provider: string) => open().send("GET", auth(`${provider}/authorize`));
    expect(await codeOf(await authorize("dev"))).toBe("PROVIDER_UNKNOWN");
    expect(await codeOf(await authorize("kakao"))).toBe("PROVIDER_UNKNOWN");
    const url = new URL((await authorize("google")).headers.get("location") ?? "");
    expect(url.hostname).toBe("accounts.google.com");
    expect(url.searchParams.get("redirect_uri")).toBe(`${PUBLIC_URL}/api/v1/auth/google/callback`);
  });
});

test("the OpenAPI document has every call, and all of them are public", async () => {
  const document = await generateDocument(start().app);
  expect(openApiProblems(document)).toEqual([]);
  expect(Object.keys(document.paths).sort()).toEqual([
    auth(".well-known/jwks.json"),
    auth("logout"),
    auth("providers"),
    auth("refresh"),
    auth("{provider}/authorize"),
    auth("{provider}/callback"),
  ]);
  const operations = Object.values<object>(document.paths).flatMap((path) => Object.values(path));
  expect(operations.every(({ security }) => security.length === 0)).toBe(true);
});

function hex(): string {
  return Math.floor(Math.random() * 0xff_ff).toString(16);
}

describe.each([...PROVIDERS])("by %s", (kind) => {
  const client = { clientId: "eco2", clientSecret: "s3cret" };
  const newCustomer = () => {
    const id = String(crypto.getRandomValues(new Uint32Array(1))[0]);
    return { id, nickname: "김페티", email: `${id}@example.com`, isEmailVerified: true };
  };

  /** Our service and a provider of this kind, and the way of a browser through both. */
  function open() {
    const redirectUri = `http://127.0.0.1:8080${auth(kind)}/callback`;
    const person = newCustomer();
    const server = startAuthorizationServer(kind, { ...client, redirectUri, person });
    closers.push(server.stop);
    const provider = createOauthProvider(kind, { ...client, endpoints: server.endpoints });
    const { open: openBrowserHere } = start({}, new Map([[kind, provider]]));
    const browser = openBrowserHere();
    async function visit(path = "/done") {
      const begun = await browser.send("GET", auth(`${kind}/authorize?redirect=${path}`));
      const there = await fetch(begun.headers.get("location") ?? "", { redirect: "manual" });
      const back = there.headers.get("location") ?? "";
      return { back, response: await browser.send("GET", back) };
    }
    return { server, browser, visit };
  }

  test("a person gets an account with the profile, and the same one the next time", async () => {
    const { browser, visit, server } = open();
    const { response } = await visit();
    expect([response.status, response.headers.get("location")]).toEqual([302, "/done"]);
    const { sub, provider } = await access(browser);
    expect(provider).toBe(kind);
    const [account] = await database.call((db) =>
      db.select().from(accounts).where(eq(accounts.id, sub)),
    );
    // Naver says of no address that it was verified.
    const email = kind === "naver" ? null : server.person?.email;
    expect(account).toMatchObject({ nickname: "김페티", email });
    await visit();
    expect((await access(browser)).sub).toBe(sub);
    server.person = newCustomer();
    await visit();
    expect((await access(browser)).sub).not.toBe(sub);
  });

  test("a person who declines, or finds the provider down, returns to the page they came from", async () => {
    const { browser, visit, server } = open();
    server.person = undefined;
    const denied = await visit("/start?tab=1");
    expect(denied.response.headers.get("location")).toBe("/start?tab=1&error=SIGN_IN_DENIED");
    server.person = newCustomer();
    server.broken.token = "500";
    const down = await visit();
    expect(down.response.headers.get("location")).toBe("/done?error=PROVIDER_UNAVAILABLE");
    expect([...browser.cookies.keys()]).toEqual(["s_state"]);
  });

  test("a callback is accepted once", async () => {
    const { browser, visit } = open();
    const { back } = await visit();
    const again = await browser.send("GET", back);
    expect([again.status, await codeOf(again)]).toEqual([400, "SIGN_IN_STATE_INVALID"]);
  });
});
