import { afterEach, describe, expect, test } from "bun:test";
import { once } from "node:events";
import { connect, type Socket, type TcpNetConnectOpts } from "node:net";
import { networkInterfaces } from "node:os";
import { setImmediate } from "node:timers/promises";
import { continueSender } from "./expect-continue.ts";
import { serve } from "./serve.ts";

const servers: { stop(force: true): unknown }[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) await server.stop(true);
});

type Fetch = Parameters<typeof serve>[1];
const echo: Fetch = async (request) => new Response(`got ${await request.text()}.`);

/** @returns the port */
function start(fetch = echo, hostname = "127.0.0.1"): number {
  const server = serve({ onStop: () => undefined, stopping: false }, fetch, { port: 0, hostname });
  servers.push(server);
  return server.port ?? 0;
}

function open(port: number, options: Partial<TcpNetConnectOpts> = {}) {
  const socket = connect({ port, host: "127.0.0.1", ...options });
  sockets.push(socket);
  let received = "";
  socket.on("data", (data) => {
    received += data;
  });
  return {
    socket,
    write: (text: string) => socket.write(text),
    /** What came up to this text, and with it; the next call begins behind it. */
    until: async (text: string): Promise<string> => {
      while (!received.includes(text)) await once(socket, "data");
      const end = received.indexOf(text) + text.length;
      const [before, after] = [received.slice(0, end), received.slice(end)];
      received = after;
      return before;
    },
    closed: once(socket, "close").then(() => received),
  };
}

/** Of a request with a body of two bytes. */
const head = (expectation: string) =>
  `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: ${expectation}\r\n\r\n`;
const interim = "HTTP/1.1 100 Continue\r\n\r\n";

const isLinux = process.platform === "linux";
describe.skipIf(!isLinux)("a client that waits for leave to send its body gets it once", () => {
  // The last one from Bun itself. If an upgrade of Bun reads them all, two come: then `expect-continue.ts` can go.
  test.each(["100-Continue", "100-CONTINUE", "100-continue"])("%s", async (expectation) => {
    const { write, until } = open(start());
    write(head(expectation));
    expect(await until("100 Continue\r\n\r\n")).toBe(interim);
    write("hi");
    expect(await until("got hi.")).toStartWith("HTTP/1.1 200 ");
  });

  test("at every request of a connection, and on no other one", async () => {
    const port = start();
    const [one, other] = [open(port), open(port)];
    other.write(head("something else"));
    for (const body of ["a1", "b2", "c3"]) {
      one.write(head("100-Continue"));
      expect(await one.until("Continue\r\n\r\n")).toBe(interim);
      one.write(body);
      expect(await one.until(`got ${body}.`)).toStartWith("HTTP/1.1 200 ");
    }
    other.write("hi");
    expect(await other.until("got hi.")).toStartWith("HTTP/1.1 200 ");
  });

  test("and not who comes from the same port of another address, or to another server", async () => {
    const [port, elsewhere] = [start(), start()];
    const one = open(port, { localAddress: "127.0.0.2" });
    await once(one.socket, "connect");
    const { localPort = 0 } = one.socket;
    const others = [
      open(port, { localAddress: "127.0.0.3", localPort }),
      open(elsewhere, { localAddress: "127.0.0.2", localPort }),
    ];
    for (const { write, until } of others) {
      write(`${head("something else")}hi`);
      await until("got hi.");
    }
    one.write(head("100-Continue"));
    expect(await one.until("Continue\r\n\r\n")).toBe(interim);
    for (const { write, until } of others) {
      write(`${head("something else")}hi`);
      expect(await until("got hi.")).toStartWith("HTTP/1.1 200 ");
    }
  });

  test("but none of two that differ in the server's address alone, which Bun does not tell", async () => {
    const port = start(echo, "0.0.0.0");
    const one = open(port, { localAddress: "127.0.0.2" });
    await once(one.socket, "connect");
    const { localPort = 0 } = one.socket;
    const other = open(port, { host: "127.0.0.3", localAddress: "127.0.0.2", localPort });
    other.write(`${head("something else")}hi`);
    await other.until("got hi.");
    for (const { write, until } of [one, other]) {
      write(`${head("100-Continue")}hi`);
      expect(await until("got hi.")).toStartWith("HTTP/1.1 200 ");
    }
  });

  test.skipIf(!hasIpv6()).each([
    ["::1", "::1"],
    ["::", "::1"],
    ["::", "127.0.0.1"],
  ])("where %s is listened on and %s called", async (hostname, host) => {
    const { write, until } = open(start(echo, hostname), { host });
    write(head("100-Continue"));
    expect(await until("Continue\r\n\r\n")).toBe(interim);
    write("hi");
    expect(await until("got hi.")).toStartWith("HTTP/1.1 200 ");
  });

  test("though it has not waited", async () => {
    const { write, until } = open(start());
    write(`${head("100-Continue")}hi`);
    expect(await until("Continue\r\n\r\n")).toBe(interim);
    expect(await until("got hi.")).toStartWith("HTTP/1.1 200 ");
  });

  test("though it is refused then", async () => {
    const { write, until } = open(start(() => new Response("refused.", { status: 413 })));
    write(head("100-Continue"));
    expect(await until("Continue\r\n\r\n")).toBe(interim);
    write("hi");
    expect(await until("refused.")).toStartWith("HTTP/1.1 413 ");
  });
});

test("HTTP/1.0 gets no interim response", async () => {
  const { write, closed } = open(start());
  write("POST / HTTP/1.0\r\nContent-Length: 2\r\nExpect: 100-Continue\r\n\r\nhi");
  expect(await closed).toStartWith("HTTP/1.1 200 ");
});

test("Bun dispatches no request while it sends the response before it on the connection", async () => {
  let isSending = false;
  const dispatched: boolean[] = [];
  const port = start(({ method }) => {
    dispatched.push(isSending);
    if (method === "POST") return new Response("second");
    isSending = true;
    const body = new ReadableStream({
      async pull(controller) {
        controller.enqueue("first");
        await setImmediate();
        controller.close();
        isSending = false;
      },
    });
    return new Response(body);
  });
  const { write, closed } = open(port);
  const second = head("100-Continue").replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
  write(`GET / HTTP/1.1\r\nHost: a\r\n\r\n${second}hi`);
  await closed;
  expect(dispatched).not.toContain(true);
});

test.skipIf(!isLinux)(
  "searches take a share of the time; beyond it the client waits as long as it likes",
  async () => {
    let nowMs = 0;
    // A search takes 50 ms.
    const clock = { now: () => (nowMs += 50) };
    const server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: (request, server) => {
        sendContinue(request);
        return echo(request, { server, timeout: () => undefined });
      },
    });
    const sendContinue = continueSender(server, clock);
    servers.push(server);
    const { write, until } = open(server.port ?? 0);
    const ask = async () => {
      write(`${head("100-Continue")}hi`);
      return (await until("got hi.")).startsWith(interim);
    };
    expect([await ask(), await ask()]).toEqual([true, false]);
    nowMs += 1_250;
    expect([await ask(), await ask()]).toEqual([true, false]);
  },
);

function hasIpv6(): boolean {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  return addresses.some(({ address }) => address === "::1");
}
