import { afterAll, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { Fault } from "#lib/error/fault.ts";
import { createApp } from "#lib/http/create-app.ts";
import { idleTimeoutS } from "#lib/http/serve.ts";
import { StreamLimits } from "#lib/http/stream-limits.ts";
import { createLogger } from "#lib/log/logger.ts";
import { type ScanEvent, type ScanStep, scanEvent } from "#lib/scan/scan-event.ts";
import { until } from "#lib/testing/until.ts";
import { Hub } from "../hub.ts";
import type { OpenStreamDeps } from "../open-stream.ts";
import { type Frame, toFrame } from "../stream.ts";
import { openBody } from "./client-body.ts";
import { createEventsRoutes } from "./http.ts";

const jobId = "019bd000-0000-7000-8000-000000000001";
const unknownId = "019bd000-0000-7000-8000-000000000002";
const log = createLogger("test", "error", () => undefined);
const event = (update: ScanStep): ScanEvent => scanEvent({ id: jobId, epoch: 0 }, update, 7);
const started = event({ stage: "vision", status: "started" });
const completed = event({ stage: "vision", status: "completed" });
const failed = event({
  stage: "done",
  status: "failed",
  result: { code: "IMAGE_EMPTY", message: "빈 파일이에요." },
});

function given(
  events: readonly ScanEvent[],
  overrides: Partial<OpenStreamDeps> = {},
  isRevoked = false,
) {
  const hub = new Hub();
  const limits = new StreamLimits({ perUser: 3, overall: 0 });
  const app = createApp(log, [
    createEventsRoutes({
      hub,
      follow: async () => undefined,
      state: async (id) => {
        const latest = events.at(-1);
        return id === jobId && latest ? { userId: "u", latest } : undefined;
      },
      replay: async () => events.map(toFrame),
      storedResult: async () => undefined,
      chatHub: new Hub(),
      followChat: async () => undefined,
      chatLog: async () => undefined,
      storedChatLog: async () => undefined,
      openBody,
      limits,
      revocations: { hasSession: () => isRevoked },
      ...overrides,
    }),
  ]);
  const get = (path: string, headers: Record<string, string> = {}) =>
    app.request(`/api/v1/${path}`, { headers: { "x-user-id": "u", ...headers } });
  return { hub, app, get };
}

const paths = (id: string, query = "") => [
  `stream?job_id=${id}${query && `&${query}`}`,
  `scan/${id}/events${query && `?${query}`}`,
];
const idsIn = (text: string) => [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));

describe("GET a stream", () => {
  test("while Redis is away sends an EventSource home with a time to return, others a 503", async () => {
    const state = () => Promise.reject(new Fault("UNAVAILABLE"));
    const { get } = given([], { state });
    for (const path of paths(jobId)) {
      const toBrowser = await get(path, { accept: "text/event-stream" });
      expect([toBrowser.status, await toBrowser.text()]).toEqual([
        200,
        expect.stringMatching(/^retry: \d{4}\n\n$/),
      ]);
      expect((await get(path)).status).toBe(503);
    }
  });

  test("of a session that was revoked while the scan was looked up is 401", async () => {
    const { hub, get } = given([started], {}, true);
    for (const path of paths(jobId)) {
      const refused = await get(path);
      expect([refused.status, (await refused.json()).code]).toEqual([401, "TOKEN_REVOKED"]);
    }
    expect(hub.size).toBe(0);
  });

  test("beyond the user's limit is 429, and streams that ended or were left do not count", async () => {
    const { hub, get } = given([started]);
    const [path = ""] = paths(jobId);
    const open = await Promise.all([get(path), get(path), get(path)]);
    const refused = await get(path);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "5"]);
    expect(await refused.json()).toMatchObject({ code: "TOO_MANY_STREAMS" });
    await open[0]?.body?.cancel();
    expect((await get(path)).status).toBe(200);
    hub.closeAll();
    expect((await get(path)).status).toBe(200);
  });

  test.each(paths(jobId))(
    "%s is an event stream that nothing on the way may buffer",
    async (path) => {
      const response = await given([started, failed]).get(path);
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
      expect(response.headers.get("cache-control")).toBe("no-store");
      expect(response.headers.get("x-accel-buffering")).toBe("no");
    },
  );

  test("says when to reconnect, then frames every event, and names the failed end `failed`", async () => {
    const { get } = given([started, failed]);
    const text = await (await get(`stream?job_id=${jobId}`)).text();
    const [retry, ...rest] = text.split("\n\n");
    const retryMs = Number(retry?.match(/^retry: (\d+)$/)?.[1]);
    expect(retryMs).toBeGreaterThanOrEqual(1_000);
    expect(retryMs).toBeLessThanOrEqual(2_000);
    expect(rest).toEqual([
      `id: 10\nevent: vision\ndata: ${JSON.stringify(started)}`,
      `id: 52\nevent: failed\ndata: ${JSON.stringify(failed)}`,
      "",
    ]);
  });

  test("resumes after Last-Event-ID, by header or by query, the header first", async () => {
    const { get } = given([started, completed, failed]);
    const ids = async (query: string, headers?: Record<string, string>) =>
      Promise.all(
        paths(jobId, query).map(async (path) => idsIn(await (await get(path, headers)).text())),
      );
    const both = (...seqs: number[]) => [seqs, seqs];
    expect(await ids("", { "last-event-id": "10" })).toEqual(both(11, 52));
    expect(await ids("last_event_id=11")).toEqual(both(52));
    expect(await ids("last_event_id=10", { "last-event-id": "11" })).toEqual(both(52));
  });

  test("starts from the beginning when Last-Event-ID is none of ours", async () => {
    const { get } = given([started, failed]);
    for (const id of ["", "-1", "x", "1e1", "9".repeat(20)]) {
      const [path = ""] = paths(jobId);
      expect(idsIn(await (await get(path, { "last-event-id": id })).text())).toEqual([10, 52]);
    }
  });

  test("after the end is 204: an EventSource stops coming back", async () => {
    const { get, hub } = given([started, failed]);
    for (const path of paths(jobId)) {
      const response = await get(path, { "last-event-id": "52" });
      expect([response.status, await response.text()]).toEqual([204, ""]);
    }
    expect(hub.size).toBe(0);
  });

  const problems: [name: string, paths: string[], user: string, status: number, code: string][] = [
    ["of an unknown job", paths(unknownId), "u", 404, "JOB_NOT_FOUND"],
    ["of another user's job", paths(jobId), "other", 404, "JOB_NOT_FOUND"],
    ["of no UUID", paths("1"), "u", 400, "INVALID_JOB_ID"],
    ["of no job", ["stream", "stream?job_id="], "u", 400, "INVALID_JOB_ID"],
    ["of two jobs", [`stream?job_id=${jobId}&job_id=${jobId}`], "u", 400, "INVALID_JOB_ID"],
    ["of nobody", paths(jobId), "", 401, "UNAUTHENTICATED"],
    ["after no number", paths(jobId, "last_event_id=x"), "u", 400, "VALIDATION_FAILED"],
  ];
  test.each(problems)("%s is refused", async (_, refused, user, status, code) => {
    const { get, hub } = given([started]);
    for (const path of refused) {
      const response = await get(path, { "x-user-id": user });
      expect(response.headers.get("content-type")).toContain("application/problem+json");
      expect([response.status, (await response.json()).code]).toEqual([status, code]);
    }
    expect(hub.size).toBe(0);
  });

  test("HEAD opens no stream", async () => {
    const { app, hub } = given([started]);
    const init = { method: "HEAD", headers: { "x-user-id": "u" } };
    const response = await app.request(`/api/v1/stream?job_id=${jobId}`, init);
    expect([response.status, hub.size]).toEqual([200, 0]);
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const overHttp = await fetch(new URL(`/api/v1/stream?job_id=${jobId}`, listen(app)), init);
    expect([overHttp.status, overHttp.headers.get("content-length")]).toEqual([200, null]);
  });

  test("is never too quiet while it runs, and has 10 s for the rest when it is over, or is kept", async () => {
    const { app, hub } = given([started]);
    const limits: number[] = [];
    const request = new Request(`http://eco2/api/v1/stream?job_id=${jobId}`, {
      headers: { "x-user-id": "u" },
    });
    const response = await app.fetch(request, {
      timeout: (_: Request, seconds: number) => limits.push(seconds),
    });
    expect(limits).toEqual([0]);
    hub.closeAll();
    expect(limits).toEqual([0, 10]);
    // All of it was read: the connection is a proxy's for the next request.
    await response.text();
    expect(limits).toEqual([0, 10, idleTimeoutS]);
  });
});

const servers: Bun.Server<undefined>[] = [];
afterAll(() => Promise.all(servers.map((server) => server.stop(true))));

/** Over a real connection. */
function listen(app: ReturnType<typeof createApp>): URL {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request, self) => app.fetch(request, { timeout: self.timeout.bind(self) }),
  });
  servers.push(server);
  return server.url;
}

describe("a client that is behind", () => {
  const text = "x".repeat(16 * 1_024);

  /** A client that has asked for its stream and does not read; `behind` fills what lies in between. */
  async function slowClient() {
    const { app, hub } = given([started]);
    const { hostname, port } = listen(app);
    const socket = connect(Number(port), hostname);
    const parts: Buffer[] = [];
    socket.on("data", (part) => parts.push(Buffer.from(part)));
    socket.pause();
    socket.write(`GET /api/v1/stream?job_id=${jobId} HTTP/1.1\r\nHost: x\r\nX-User-ID: u\r\n\r\n`);
    await until(() => hub.size === 1);
    let seq = 11;
    const push = () => {
      const id = seq;
      seq += 100;
      hub.push(jobId, toFrame({ ...completed, seq: id, result: { text } }));
      return id;
    };
    const received = () => idsIn(Buffer.concat(parts).toString("latin1"));
    const isOver = () => Buffer.concat(parts).toString("latin1").endsWith("0\r\n\r\n");
    return { hub, socket, push, received, isOver };
  }
  type SlowClient = Awaited<ReturnType<typeof slowClient>>;

  /** Pushes until the client is cut, and answers with all that it was given. */
  async function overwhelm({ hub, push }: SlowClient): Promise<number[]> {
    const ids = [10];
    while (hub.size > 0) {
      ids.push(push());
      await Bun.sleep(0);
    }
    return ids;
  }

  test("is cut, and may still read all that it was given before, in order", async () => {
    const client = await slowClient();
    try {
      const ids = await overwhelm(client);
      client.socket.resume();
      await until(client.isOver);
      expect(client.received()).toEqual(ids);
    } finally {
      client.socket.destroy();
    }
  });
});

describe("a client that goes away", () => {
  test("is forgotten", async () => {
    const { app, hub } = given([started]);
    const gone = new AbortController();
    const url = new URL(`/api/v1/stream?job_id=${jobId}`, listen(app));
    const init = { headers: { "x-user-id": "u" }, signal: gone.signal };
    const response = await fetch(url, init);
    await until(() => hub.size === 1);
    gone.abort();
    await until(() => hub.size === 0);
    expect(response.ok).toBe(true);
  });

  test("before it is answered is forgotten, and its place is free again", async () => {
    const answers = Promise.withResolvers<void>();
    let asked = 0;
    const state = async () => {
      asked++;
      await answers.promise;
      return { userId: "u", latest: started };
    };
    const { app, hub, get } = given([started], { state });
    const url = new URL(`/api/v1/stream?job_id=${jobId}`, listen(app));
    const gone = new AbortController();
    const init = { headers: { "x-user-id": "u" }, signal: gone.signal };
    const all = [1, 2, 3].map(() => fetch(url, init).catch(() => "aborted"));
    await until(() => asked === 3);
    gone.abort();
    expect(await Promise.all(all)).toEqual(["aborted", "aborted", "aborted"]);
    answers.resolve();
    const [path = ""] = paths(jobId);
    await until(async () => (await get(path)).status === 200);
    await until(() => hub.size === 1);
  });

  test("while its replay is read disturbs nothing", async () => {
    const replay = Promise.withResolvers<Frame[]>();
    const { app, hub } = given([started], { replay: () => replay.promise });
    const gone = new AbortController();
    const url = new URL(`/api/v1/stream?job_id=${jobId}`, listen(app));
    await fetch(url, { headers: { "x-user-id": "u" }, signal: gone.signal });
    await until(() => hub.size === 1);
    gone.abort();
    await until(() => hub.size === 0);
    // An error here would be an unhandled rejection, which ends a process and fails this test.
    replay.resolve([toFrame(started), toFrame(failed)]);
    await Bun.sleep(0);
    expect(hub.size).toBe(0);
  });

  test("without a word, and reads nothing, is cut and forgotten: memory is bounded", async () => {
    const { app, hub } = given([started]);
    const { hostname, port } = listen(app);
    const socket = connect(Number(port), hostname);
    try {
      socket.pause();
      const head = `GET /api/v1/stream?job_id=${jobId} HTTP/1.1\r\nHost: x\r\nX-User-ID: u\r\n\r\n`;
      socket.write(head);
      await until(() => hub.size === 1);
      const bytes = new Uint8Array(16 * 1_024);
      let sent = 0;
      // What the two sockets buffer is the system's affair: a few MB.
      for (let seq = 11; hub.size > 0 && sent < 64 * 1024 * 1024; seq += 100) {
        hub.push(jobId, { seq, isEnd: false, bytes });
        sent += bytes.length;
        await Bun.sleep(0);
      }
      expect(hub.size).toBe(0);
    } finally {
      socket.destroy();
    }
  });
});
