import { afterEach, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { BootError, type ProcessScope } from "#lib/process/run-process.ts";
import { idleTimeoutS, serve } from "./serve.ts";

const open = new Set<{ stop(force: boolean): unknown }>();
afterEach(async () => {
  for (const server of open) await server.stop(true);
  open.clear();
});

/** Serves on a free port, under a scope whose stop the test calls. */
function start(
  fetch: Parameters<typeof serve>[1],
  { port = 0, hostname = "127.0.0.1", ...options }: StartOptions = {},
) {
  const closers: (() => unknown)[] = [];
  const scope: ProcessScope = { onStop: (_, close) => closers.push(close), stopping: false };
  const server = serve(scope, fetch, { port, hostname, ...options });
  open.add(server);
  return {
    server,
    url: server.url,
    stop: async () => {
      for (const close of closers) await close();
    },
  };
}

interface StartOptions {
  readonly port?: number;
  readonly hostname?: string;
  readonly portVariable?: string;
  readonly drainMs?: number;
}

describe("serve", () => {
  test("says PORT when the port is taken, and leaves the first server alone", async () => {
    const first = start(() => new Response("first"));
    const again = () => start(() => new Response("second"), { port: first.server.port ?? 0 });
    expect(again).toThrow(BootError);
    expect(again).toThrow(`PORT: cannot listen on 127.0.0.1:${first.server.port}`);
    expect(await (await fetch(first.url)).text()).toBe("first");
  });

  test("names the variable that has the port, or HOST where the address is what is wrong", () => {
    const { port = 0 } = start(() => new Response("first")).server;
    const app = () => new Response("second");
    expect(() => start(app, { port, portVariable: "HEALTH_PORT" })).toThrow(/^HEALTH_PORT: /);
    for (const hostname of ["nope.invalid", "192.0.2.1", "not a host"]) {
      expect(() => start(app, { hostname, portVariable: "HEALTH_PORT" })).toThrow(/^HOST: /);
    }
  });

  test("gives every request the peer's address, and the timeout that event streams lift", async () => {
    const { url } = start((request, env) => {
      env.timeout(request, 0);
      return new Response(env.server.requestIP(request)?.address);
    });
    expect(await (await fetch(url)).text()).toBe("127.0.0.1");
  });

  test.each(["", "a b", "a/health?", "a%", "[::1", "a:99999", "x@y", "a\r\nHost: b", "a, b"])(
    "passes no request with an invalid URL to the app, as with the host %j",
    async (host) => {
      const { url } = start(() => new Response("let in"));
      const head = `GET /a/../b HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
      const response = await exchange(Number(url.port), head);
      expect(response).toStartWith("HTTP/1.1 400 ");
      expect(response).toContain("VALIDATION_FAILED");
    },
  );

  test("lets HTTP/1.0 pass without a host, as health checks send it, with all it came with", async () => {
    const { url } = start(async (request, env) => {
      env.timeout(request, 0);
      const { pathname, search } = new URL(request.url);
      const peer = env.server.requestIP(request)?.address;
      return Response.json([request.method, pathname, search, await request.text(), peer]);
    });
    const ask = (head: string) => exchange(Number(url.port), head);
    const get = await ask("GET /readyz?a=%20b HTTP/1.0\r\n\r\n");
    expect(get).toContain('["GET","/readyz","?a=%20b","","127.0.0.1"]');
    const post = await ask("POST //a/../b HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi");
    expect(post).toContain('["POST","//b","","hi","127.0.0.1"]');
    // To HTTP/1.1 the header belongs.
    expect(await ask("GET /readyz HTTP/1.1\r\n\r\n")).toStartWith("HTTP/1.1 400 ");
  });

  test.each(["CONNECT a:1", "CONNECT http:1", "OPTIONS *", "GET a"])(
    "passes no request to the app whose target is no path: %s",
    async (target) => {
      const { url } = start(() => new Response("let in"));
      const head = `${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;
      const response = await exchange(Number(url.port), head);
      expect(response).toStartWith("HTTP/1.1 400 ");
    },
  );

  test("repeats nothing of an error that no app has caught", async () => {
    const { url } = start(() => {
      throw new Error("inside, at 10.0.0.7");
    });
    const response = await fetch(url);
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(JSON.parse(text)).toMatchObject({ code: "INTERNAL" });
    expect(text).not.toContain("10.0.0.7");
  });
});

describe("a refused body is read off, so that whoever sends it sees why", () => {
  const bytes = 8 * 1024 * 1024;
  const refusals: Record<string, (request: Request) => Promise<Response>> = {
    "before a byte of it was read": async () => new Response("refused", { status: 403 }),
    "after some of it was read": async ({ body }) => {
      for await (const _ of body?.values({ preventCancel: true }) ?? []) break;
      return new Response("refused", { status: 413 });
    },
    "though the answer is none that refuses": async () => new Response("refused"),
  };
  const heads = {
    "HTTP/1.0": `POST / HTTP/1.0\r\nHost: a\r\nContent-Length: ${bytes}\r\n\r\n`,
    "Connection: close": `PUT / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${bytes}\r\n\r\n`,
    chunks:
      "DELETE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n",
    "no host": `POST / HTTP/1.0\r\nContent-Length: ${bytes}\r\n\r\n`,
    "two hosts": `POST / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\nContent-Length: ${bytes}\r\n\r\n`,
  };

  for (const [when, refuse] of Object.entries(refusals)) {
    test.each(Object.entries(heads))(`${when}: %s`, async (_, head) => {
      const { url } = start(refuse);
      const { received, sent } = await upload(Number(url.port), head, bytes);
      expect(received).toMatch(/refused|VALIDATION_FAILED/);
      expect(sent).toBe(bytes);
    });
  }

  test("up to a bound; who sends more is told that the connection ends", async () => {
    const { url } = start(async () => new Response("refused", { status: 413 }));
    const huge = 100 * 1024 * 1024;
    const head = `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${huge}\r\n\r\n`;
    // The end of a connection that is still written to may overtake the answer: then whoever sent it asks again.
    let [received, sent, tries] = ["", 0, 0];
    while (received === "" && tries++ < 10) {
      ({ received, sent } = await upload(Number(url.port), head, huge));
    }
    expect(received).toMatch(/connection: close/i);
    expect(sent).toBeLessThan(huge);
  });
});

test("an idle connection outlives those that a load balancer keeps", () => {
  expect(idleTimeoutS).toBeGreaterThan(90);
});

describe("at stop", () => {
  test("a request in flight finishes while a new one is refused", async () => {
    const arrived = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const { url, stop } = start(async () => {
      arrived.resolve();
      await release.promise;
      return new Response("finished");
    });
    const inFlight = fetch(url);
    await arrived.promise;
    const stopped = stop();
    expect(fetch(url, { keepalive: false })).rejects.toThrow();
    release.resolve();
    expect(await (await inFlight).text()).toBe("finished");
    await stopped;
  });

  test("an open stream is closed after the drain time, and its source is cancelled", async () => {
    const cancelled = Promise.withResolvers<void>();
    const { url, stop } = start(
      () =>
        new Response(
          new ReadableStream({
            start: (controller) => controller.enqueue(new TextEncoder().encode("retry: 1\n\n")),
            cancel: () => cancelled.resolve(),
          }),
        ),
      { drainMs: 30 },
    );
    const response = await fetch(url);
    const reader = response.body?.getReader();
    await reader?.read();
    const startedAt = performance.now();
    await stop();
    expect(performance.now() - startedAt).toBeWithin(25, 2_000);
    await cancelled.promise;
    expect(reader?.read()).rejects.toThrow();
  });

  test("without a request in flight there is no wait", async () => {
    const { url, stop } = start(() => new Response("ok"), { drainMs: 60_000 });
    // Its connection stays open for the next request, which does not hold the stop up.
    await (await fetch(url)).text();
    await stop();
    expect(fetch(url)).rejects.toThrow();
  });
});

/** What comes back for these bytes until the server hangs up: `fetch` sends no such host. */
async function exchange(port: number, sent: string): Promise<string> {
  const ended = Promise.withResolvers<void>();
  let received = "";
  await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      open: (socket) => void socket.write(sent),
      data: (_, bytes) => {
        received += bytes.toString();
      },
      close: () => ended.resolve(),
    },
  });
  await ended.promise;
  return received;
}

/** Sends a head and so many bytes, in chunks where the head says so, until the server hangs up. */
async function upload(port: number, head: string, bytes: number) {
  const isChunked = head.includes("chunked");
  const size = 64 * 1024;
  const piece = isChunked ? `${size.toString(16)}\r\n${"x".repeat(size)}\r\n` : "x".repeat(size);
  let received = "";
  let sent = 0;
  const socket = connect(port, "127.0.0.1");
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.on("error", () => undefined);
  socket.on("data", (data) => {
    received += data;
  });
  socket.write(head);
  while (sent < bytes && !socket.closed) {
    const isTaken = socket.write(piece);
    sent += size;
    if (!isTaken) {
      await Promise.race([new Promise((resolve) => socket.once("drain", resolve)), closed]);
    }
  }
  if (isChunked && !socket.closed) socket.write("0\r\n\r\n");
  await closed;
  return { received, sent };
}
