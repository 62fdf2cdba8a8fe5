import { afterEach, describe, expect, test } from "bun:test";
import { BootError, type ProcessScope } from "#lib/process/run-process.ts";
import { serve } from "./serve.ts";

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

  test.each(["", "a b", "a/health?", "a%", "[::1", "a:99999", "x@y"])(
    "passes no request with an invalid URL to the app, as with the host %j",
    async (host) => {
      const { url } = start(() => new Response("let in"));
      const head = `GET /a/../b HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
      const response = await exchange(Number(url.port), head);
      expect(response).toStartWith("HTTP/1.1 400 ");
      expect(response).toContain("VALIDATION_FAILED");
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
