import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { petAnswer, petVision } from "#lib/testing/pet-bottle.ts";
import { jpegPhoto } from "#lib/testing/photos.ts";
import { until } from "#lib/testing/until.ts";
import { proofHeader } from "#lib/token/internal-proof.ts";
import { tokenCookies } from "#lib/token/token.ts";
import { choosePort } from "../services/port.ts";
import { makeProxyFolder, type ProxyName, proxyPrograms, startProxy } from "./proxy-program.ts";
import { admin, tokenOf, walkRoutes, walkSettings } from "./route-walk.ts";
import { startLoad } from "./scan-load.ts";
import { type Split, startSplit } from "./split.ts";
import { renderSplit } from "./split-proxies.ts";

/** Services that run alone, in production, behind the gatekeeper: nobody but a proxy knows more than one of them. */
const { folder, certificate, remove } = makeProxyFolder();
const names = (["nginx", "haproxy"] as const).filter((name) => proxyPrograms[name] !== null);

interface Behind {
  readonly http: string;
  readonly https: string;
  readonly program: ReturnType<typeof startProxy>;
  /** Of the services as they are now. */
  render(): Promise<string>;
}
const behind = new Map<ProxyName, Behind>();
let split: Split;

describe.skipIf(names.length === 0)("split services behind the gatekeeper", () => {
  beforeAll(async () => {
    const taken: number[] = [];
    const newPort = () => taken[taken.push(choosePort(taken)) - 1] ?? 0;
    const ports = names.map((name) => {
      return [name, { http: newPort(), https: newPort(), check: newPort() }] as const;
    });
    split = await startSplit(`http://127.0.0.1:${ports[0]?.[1].http}`, walkSettings);
    for (const [name, own] of ports) {
      // HAProxy asks each process whether it is ready; nginx is told which there are.
      const render = () => {
        const servers = split.servers(name === "haproxy" ? "ever" : "now");
        return renderSplit[name]({ ports: own, certificate, servers });
      };
      const program = startProxy(name, folder, await render());
      const [http, https] = [`http://127.0.0.1:${own.http}`, `https://127.0.0.1:${own.https}`];
      behind.set(name, { http, https, program, render });
      const isOpen = async () => (await fetch(`${http}/api/v1/character/catalog`)).ok;
      await until(isOpen, { timeoutMs: 30_000 });
    }
  }, 240_000);
  beforeEach(() => split.model.reset());
  afterAll(async () => {
    await Promise.all([...behind.values()].map(({ program }) => program.stop()));
    await split?.stop();
    remove();
  });

  for (const name of names) {
    walkRoutes(`, behind ${name}`, () => behind.get(name)?.http ?? "");
    describe(`behind ${name}`, () => hostile(() => behind.get(name) ?? expect.unreachable()));
  }

  test("every process is replaced under load, and no request and no event is lost", async () => {
    const load = startLoad([...behind.values()].map(({ http }) => http));
    await until(() => load.scans() >= names.length, { timeoutMs: 60_000 });
    const codes = await split.roll(async () => {
      const { program, render } = behind.get("nginx") ?? {};
      if (render) program?.reload(await render());
    });
    const before = load.scans();
    await until(() => load.scans() >= before + names.length, { timeoutMs: 60_000 });
    const { requests, failures, scans } = await load.end();
    expect(failures.slice(0, 5)).toEqual([]);
    expect(codes.filter((code) => code !== 0)).toEqual([]);
    process.stdout.write(`rolled under load: ${requests} requests, ${scans} scans, none lost\n`);
  }, 240_000);
});

/** What a proxy must not let through, and must not hold back. */
function hostile(proxy: () => Behind): void {
  const bearer = async (userId: string) => ({ authorization: `Bearer ${await tokenOf(userId)}` });
  const claim = { "x-user-id": admin, "x-auth-provider": "google", [proofHeader]: "forged" };
  const answerOf = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${proxy().http}${path}`, init);
    const text = await response.text();
    return [response.status, JSON.parse(text).code, response.headers.get("content-type")];
  };
  const problem = "application/problem+json; charset=utf-8";

  test("a forged identity is nobody's, and beside a token it is the token's", async () => {
    const path = "/api/v1/users/me";
    expect(await answerOf(path, { headers: claim })).toEqual([401, "UNAUTHENTICATED", problem]);
    const userId = `split-${crypto.randomUUID()}`;
    const headers = { ...claim, ...(await bearer(userId)) };
    const me = await (await fetch(`${proxy().http}${path}`, { headers })).json();
    expect(me.id).toBe(userId);
    // Also where everybody is let in: an administrator's call is not made there by a header.
    const catalog = await fetch(`${proxy().http}/api/v1/character/catalog`, { headers: claim });
    expect(catalog.status).toBe(200);
  });

  test("a page of another site writes nothing with a user's cookies", async () => {
    const cookie = `${tokenCookies.access}=${await tokenOf(`split-${crypto.randomUUID()}`)}`;
    const body = JSON.stringify({ nickname: "x" });
    const write = (more: Record<string, string>) =>
      answerOf("/api/v1/users/me", {
        method: "PATCH",
        headers: { cookie, "content-type": "application/json", ...more },
        body,
      });
    const refused = [403, "CSRF_REFUSED", problem];
    expect(await write({ origin: "https://evil.example" })).toEqual(refused);
    expect(await write({ "sec-fetch-site": "cross-site" })).toEqual(refused);
    expect((await write({}))[0]).toBe(200);
  });

  test.each(["/metrics", "/readyz", "/check", "/authz/api/v1/scan", "/api/v1/nothing", "/nothing"])(
    "nobody reaches %s",
    async (path) => {
      const headers = await bearer(admin);
      expect((await answerOf(path)).slice(0, 2)).toBeOneOf([
        [401, "UNAUTHENTICATED"],
        [404, "NOT_FOUND"],
      ]);
      expect(await answerOf(path, { headers })).toEqual([404, "NOT_FOUND", problem]);
    },
  );

  test("every part of the API is in one document, and its page shows it", async () => {
    const { paths } = await (await fetch(`${proxy().http}/api/v1/openapi.json`)).json();
    expect(Object.keys(paths)).toContain("/api/v1/auth/logout");
    expect(await (await fetch(`${proxy().http}/api/v1/docs`)).text()).toContain("openapi.json");
  });

  test("over HTTP/2 a scan's events arrive as they happen", async () => {
    split.model.next("vision", { ...petVision, delayMs: 400 });
    split.model.next("answer", { ...petAnswer, delayMs: 400 });
    const headers = await bearer(`split-${crypto.randomUUID()}`);
    const call = (path: string, init: RequestInit = {}) =>
      fetch(`${proxy().https}${path}`, {
        ...init,
        headers: { ...headers, "content-type": "application/json" },
        tls: { rejectUnauthorized: false },
        protocol: "http2",
      });
    const slot = await (await call("/api/v1/images/scan", { method: "POST", body: "{}" })).json();
    const { pathname, search } = new URL(slot.upload_url);
    const put = { method: "PUT", body: await jpegPhoto(64, 48) };
    expect((await call(pathname + search, put)).status).toBe(200);
    const key = JSON.stringify({ key: slot.key });
    await call("/api/v1/images/scan/callback", { method: "POST", body: key });
    const body = JSON.stringify({ image_url: slot.cdn_url, user_input: "페트병" });
    const job = await (await call("/api/v1/scan", { method: "POST", body })).json();
    const stream = await call(job.stream_url);
    const events = stream.body
      ?.pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream());
    const arrivals: number[] = [];
    for await (const { id } of events ?? []) if (id) arrivals.push(performance.now());
    expect(arrivals.length).toBeGreaterThan(6);
    // Buffered, they would come together at the end.
    expect((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)).toBeGreaterThan(350);
  }, 30_000);
}
