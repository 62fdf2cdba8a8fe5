import { afterAll, describe, expect, test } from "bun:test";
import { createServer, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { Fault } from "#lib/error/fault.ts";
import type { ResolveHost } from "#lib/http/pinned-request.ts";
import { concat, jpegBomb, jpegPhoto, pngBomb, text } from "#lib/testing/photos.ts";
import { photosTestTls } from "#lib/testing/tls.ts";
import { createImageFetcher, type ImageFetcherOptions } from "./fetch-image.ts";
import { photoBytesMax } from "./inspect.ts";

const photo = await jpegPhoto(40, 20);
const bombs = {
  "/bomb.png": pngBomb(30_000, 30_000),
  "/bomb.jpg": await jpegBomb(65_500, 65_500),
} as const;
const MiB = 1024 * 1024;
let sentBytes = 0;
let endlessBytes = 0;

/** An application segment of 64 kB. */
const jpegSegment = concat(text("\xff\xe5\xff\xfe"), new Uint8Array(0xfffc));

/** 50 MB without a Content-Length, beginning as `head`; counts what is really taken from it. */
function endless(head: Uint8Array, piece = new Uint8Array(64 * 1024)) {
  sentBytes = 0;
  return new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(head),
    pull(controller) {
      sentBytes += piece.length;
      controller.enqueue(piece.slice());
      if (sentBytes >= 50 * MiB) controller.close();
    },
  });
}

const web = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch(request, server) {
    const { pathname } = new URL(request.url);
    const status = Number(pathname.slice(1));
    if (status >= 300 && status < 400) {
      return new Response(null, { status, headers: { location: "/photo.jpg" } });
    }
    if (status >= 400) return new Response("no", { status });
    switch (pathname) {
      case "/photo.jpg":
        return new Response(photo);
      case "/bomb.png":
      case "/bomb.jpg":
        return new Response(bombs[pathname]);
      case "/page.html":
        return new Response("<html>not an image</html>");
      case "/liar.jpg":
        return new Response("<html></html>", { headers: { "content-type": "image/jpeg" } });
      case "/empty":
        return new Response("");
      case "/large":
        return new Response(concat(photo, new Uint8Array(50 * MiB)));
      case "/large-stream":
        return new Response(endless(photo));
      case "/headless":
        return new Response(endless(text("\xff\xd8"), jpegSegment));
      case "/limit":
        return new Response(concat(photo, new Uint8Array(photoBytesMax - photo.length)));
      case "/over":
        return new Response(concat(photo, new Uint8Array(photoBytesMax - photo.length + 1)));
      case "/gzip": {
        const bomb = gzipSync(new Uint8Array(20 * MiB));
        return new Response(bomb, { headers: { "content-encoding": "gzip" } });
      }
      case "/port":
        return new Response(String(server.requestIP(request)?.port));
      case "/echo":
        return Response.json(Object.fromEntries(request.headers));
      default:
        return new Response("no", { status: 404 });
    }
  },
});

const head = "HTTP/1.1 200 OK\r\n";
const length = `Content-Length: ${photo.length}\r\n\r\n`;
function drip(socket: Socket): void {
  socket.write(head + length);
  let sent = 0;
  const timer = setInterval(() => {
    socket.write(photo.subarray(sent, sent + 1));
    sent += 1;
  }, 20);
  socket.once("close", () => clearInterval(timer));
}

/** Servers that misbehave below HTTP, by path. */
const raw: Record<string, (socket: Socket) => unknown> = {
  "/hang": () => undefined,
  "/headers-then-hang": (socket) => socket.write(head + length),
  "/cut-off": (socket) => {
    socket.write(head + length);
    socket.end(photo.subarray(0, photo.length / 2));
  },
  "/reset": (socket) => socket.resetAndDestroy(),
  "/no-http": (socket) => socket.end("SSH-2.0-OpenSSH_9.6\r\n"),
  "/upgrade": (socket) =>
    socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"),
  "/endless-header": (socket) => {
    socket.write(`${head}X-Long: `);
    const more = () => {
      while (socket.writable && socket.write("a".repeat(64 * 1024))) endlessBytes += 64 * 1024;
    };
    socket.on("drain", more);
    more();
  },
  "/many-headers": (socket) => socket.write(head + "X-One: more\r\n".repeat(1_000)),
  "/drip": drip,
  "/drip-on": drip,
  "/steady": (socket) => {
    socket.write(head + length);
    let sent = 0;
    const timer = setInterval(() => {
      socket.write(photo.subarray(sent, sent + 100));
      sent += 100;
      if (sent >= photo.length) socket.end();
    }, 40);
    socket.once("close", () => clearInterval(timer));
  },
  "/gone-then-hang": (socket) => socket.write(`HTTP/1.1 404 Gone\r\n${length}`),
  "/photo-then-hang": (socket) => {
    socket.write(`${head}Content-Length: 5000000\r\n\r\n`);
    socket.write(photo);
  },
};
const closed: Record<string, PromiseWithResolvers<void>> = {};
const tcp = createServer((socket) => {
  socket.on("error", () => undefined);
  socket.once("data", (request) => {
    const path = String(request).split(" ")[1] ?? "";
    closed[path] = Promise.withResolvers();
    socket.once("close", () => closed[path]?.resolve());
    raw[path]?.(socket);
    socket.resume();
  });
});
const tcpOrigin = await new Promise<string>((resolve) => {
  tcp.listen(0, "127.0.0.1", () => {
    const address = tcp.address();
    if (typeof address === "object") resolve(`http://127.0.0.1:${address?.port}`);
  });
});

afterAll(async () => {
  await web.stop(true);
  tcp.close();
});

const origin = `http://127.0.0.1:${web.port}`;
const never = new AbortController().signal;
const at = (...addresses: string[]): ResolveHost => {
  return async () =>
    addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
};
const fetcherOf = (options: Partial<ImageFetcherOptions> = {}) =>
  createImageFetcher({ allowedHosts: [origin, tcpOrigin], ...options });
const fetcher = fetcherOf();
const outcome = (work: Promise<unknown>) =>
  work.then(
    () => "ok",
    (error: unknown) => (error instanceof Fault ? error.code : error),
  );
const bothOf = async (url: string, from = fetcher) => ({
  fetch: await outcome(from.fetch(url, never)),
  probe: await outcome(from.probe(url, never)),
});

describe("fetching a photo", () => {
  test("answers the bytes as they are", async () => {
    expect(await fetcher.fetch(`${origin}/photo.jpg`, never)).toEqual(photo);
    expect(await outcome(fetcher.probe(`${origin}/photo.jpg`, never))).toBe("ok");
  });

  test("says nothing of us but that compression is not wanted", async () => {
    const echo = await fetcher.fetch(`${origin}/echo`, never);
    expect(JSON.parse(Buffer.from(echo).toString())).toEqual({
      accept: "image/jpeg, image/png, image/webp",
      "accept-encoding": "identity",
      connection: "keep-alive",
      host: new URL(origin).host,
      "user-agent": "eco2",
    });
  });

  test.each([301, 302, 303, 307, 308, 304])("a %d is refused, not followed", async (status) => {
    const refused = "IMAGE_REDIRECTED";
    expect(await bothOf(`${origin}/${status}`)).toEqual({ fetch: refused, probe: refused });
  });

  test.each([401, 403, 404, 410])("a %d means the photo is not there", async (status) => {
    const gone = "IMAGE_NOT_FOUND";
    expect(await bothOf(`${origin}/${status}`)).toEqual({ fetch: gone, probe: gone });
  });

  test.each([408, 429, 500, 502, 503])("a %d is worth another try", async (status) => {
    const transient = { fetch: "IMAGE_UNREACHABLE", probe: "ok" };
    expect(await bothOf(`${origin}/${status}`)).toEqual(transient);
  });

  test.each(["/cut-off", "/reset", "/no-http", "/upgrade", "/endless-header", "/many-headers"])(
    "a host that does %s is unreachable",
    async (path) => {
      expect(await outcome(fetcher.fetch(tcpOrigin + path, never))).toBe("IMAGE_UNREACHABLE");
    },
  );

  test("takes less than 16 MiB of a header that does not end", () => {
    expect(endlessBytes).toBeWithin(1, 16 * MiB);
  });

  test("a host that refuses the connection is unreachable", async () => {
    const from = createImageFetcher({ allowedHosts: ["http://127.0.0.1:1"] });
    const transient = { fetch: "IMAGE_UNREACHABLE", probe: "ok" };
    expect(await bothOf("http://127.0.0.1:1/photo.jpg", from)).toEqual(transient);
  });
});

describe("bounds", () => {
  test("50 MB is refused by its Content-Length", async () => {
    const large = "IMAGE_TOO_LARGE";
    expect(await bothOf(`${origin}/large`)).toEqual({ fetch: large, probe: large });
  });

  test("50 MB without a Content-Length is refused at the limit, not read to its end", async () => {
    expect(await outcome(fetcher.fetch(`${origin}/large-stream`, never))).toBe("IMAGE_TOO_LARGE");
    expect(sentBytes).toBeLessThan(30 * MiB);
    expect(await outcome(fetcher.probe(`${origin}/large-stream`, never))).toBe("ok");
    expect(sentBytes).toBeLessThan(20 * MiB);
  });

  test("the limit itself is allowed, one byte more is not", async () => {
    const full = await fetcher.fetch(`${origin}/limit`, never);
    expect(full.length).toBe(photoBytesMax);
    expect(await outcome(fetcher.fetch(`${origin}/over`, never))).toBe("IMAGE_TOO_LARGE");
  });

  test("a compressed answer is refused, never inflated", async () => {
    const refused = "IMAGE_TYPE_UNSUPPORTED";
    expect(await bothOf(`${origin}/gzip`)).toEqual({ fetch: refused, probe: refused });
  });

  test.each(["/hang", "/headers-then-hang"])("the silence of %s is cut", async (path) => {
    const from = fetcherOf({ idleMs: 60, probeDeadlineMs: 60 });
    const transient = { fetch: "IMAGE_UNREACHABLE", probe: "ok" };
    expect(await bothOf(tcpOrigin + path, from)).toEqual(transient);
    await closed[path]?.promise;
  });

  test("a slow host that is never silent for long is waited for", async () => {
    const from = fetcherOf({ idleMs: 150 });
    expect(await from.fetch(`${tcpOrigin}/steady`, never)).toEqual(photo);
  });

  test("a refused answer's connection is closed, whatever its host still wants to say", async () => {
    expect(await outcome(fetcher.fetch(`${tcpOrigin}/gone-then-hang`, never))).toBe(
      "IMAGE_NOT_FOUND",
    );
    await closed["/gone-then-hang"]?.promise;
  });

  test("a slow drip that is never silent ends at the deadline", async () => {
    const from = fetcherOf({ idleMs: 1_000, fetchDeadlineMs: 150 });
    const before = performance.now();
    expect(await outcome(from.fetch(`${tcpOrigin}/drip`, never))).toBe("IMAGE_UNREACHABLE");
    expect(performance.now() - before).toBeLessThan(900);
    await closed["/drip"]?.promise;
  });

  test("a name that never resolves ends at the deadline", async () => {
    const resolve: ResolveHost = () => new Promise(() => undefined);
    const from = fetcherOf({ allowedHosts: ["photos.test"], resolve, fetchDeadlineMs: 50 });
    const got = await outcome(from.fetch("https://photos.test/a.jpg", never));
    expect(got).toBe("IMAGE_UNREACHABLE");
  });

  test("a caller who gives up gets the own reason, and the connection is closed", async () => {
    const reason = new Error("shutting down");
    const caller = new AbortController();
    const fetching = outcome(fetcher.fetch(`${tcpOrigin}/drip-on`, caller.signal));
    while (closed["/drip-on"] === undefined) await new Promise((resolve) => setImmediate(resolve));
    caller.abort(reason);
    expect(await fetching).toBe(reason);
    await closed["/drip-on"].promise;
    expect(await outcome(fetcher.fetch(`${origin}/photo.jpg`, AbortSignal.abort(reason)))).toBe(
      reason,
    );
  });
});

describe("probing", () => {
  test("reads the header and hangs up", async () => {
    // Deadlines longer than the test's own: only the header can end this.
    const patient = fetcherOf({ probeDeadlineMs: 60_000, idleMs: 60_000 });
    expect(await outcome(patient.probe(`${tcpOrigin}/photo-then-hang`, never))).toBe("ok");
    await closed["/photo-then-hang"]?.promise;
  });

  test("gives up looking for the header after 1 MiB and leaves the photo to the worker", async () => {
    expect(await outcome(fetcher.probe(`${origin}/headless`, never))).toBe("ok");
    expect(sentBytes).toBeLessThan(10 * MiB);
  });

  test.each([
    ["/page.html", "IMAGE_TYPE_UNSUPPORTED"],
    ["/liar.jpg", "IMAGE_TYPE_UNSUPPORTED"],
    ["/empty", "IMAGE_EMPTY"],
    ["/bomb.png", "IMAGE_TOO_MANY_PIXELS"],
    ["/bomb.jpg", "IMAGE_TOO_MANY_PIXELS"],
  ])("%s is refused as %s", async (path, code) => {
    expect(await outcome(fetcher.probe(origin + path, never))).toBe(code);
  });
});

describe("the border", () => {
  const refused = { fetch: "IMAGE_ADDRESS_PRIVATE", probe: "IMAGE_ADDRESS_PRIVATE" };

  test.each([
    ["loopback", "127.0.0.1"],
    ["cloud metadata", "169.254.169.254"],
    ["a private network", "10.1.2.3"],
    ["IPv6 loopback", "::1"],
    ["mapped loopback", "::ffff:127.0.0.1"],
    ["a unique local address", "fd00:ec2::254"],
  ])("an allowed name that resolves to %s is refused", async (_, address) => {
    const from = fetcherOf({ allowedHosts: ["photos.test"], resolve: at(address) });
    expect(await bothOf("https://photos.test/a.jpg", from)).toEqual(refused);
  });

  test("one private address among public ones condemns the name", async () => {
    const resolve = at("8.8.8.8", "127.0.0.1");
    const from = fetcherOf({ allowedHosts: ["photos.test"], resolve });
    expect(await bothOf("https://photos.test/a.jpg", from)).toEqual(refused);
  });

  test.each([
    ["127.0.0.1"],
    ["2130706433"],
    ["0x7f.1"],
    ["0177.0.0.1"],
    ["[::1]"],
    ["[::ffff:7f00:1]"],
    ["169.254.169.254"],
  ])("a literal private address is refused even when it is listed: %s", async (host) => {
    const from = fetcherOf({ allowedHosts: [host] });
    expect(await bothOf(`https://${host}/a.jpg`, from)).toEqual(refused);
  });

  test("connects to the address that was checked, and asks for it once", async () => {
    let lookups = 0;
    const resolve: ResolveHost = async () => {
      lookups += 1;
      return [{ address: "127.0.0.1", family: 4 }];
    };
    // The name does not exist: only the injected lookup can have led to the server.
    const named = `http://photos.invalid:${web.port}`;
    const from = fetcherOf({ allowedHosts: [named], resolve });
    expect(await from.fetch(`${named}/photo.jpg`, never)).toEqual(photo);
    expect(lookups).toBe(1);
  });

  test("where one address of a name refuses, the next one is asked", async () => {
    const named = `http://photos.invalid:${web.port}`;
    const from = fetcherOf({ allowedHosts: [named], resolve: at("::1", "127.0.0.2", "127.0.0.1") });
    expect(await from.fetch(`${named}/photo.jpg`, never)).toEqual(photo);
  });

  test("a connection is used again for the same host", async () => {
    const ports = new Set<string>();
    for (let i = 0; i < 5; i += 1) {
      const port = await fetcher.fetch(`${origin}/port`, never);
      ports.add(Buffer.from(port).toString());
    }
    expect(ports.size).toBe(1);
  });

  test("the certificate must be that of the name, whatever address and connection are used", async () => {
    await using secure = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      tls: photosTestTls,
      fetch: () => new Response(photo),
    });
    const right = `https://photos.test:${secure.port}`;
    const wrong = `https://other.test:${secure.port}`;
    const options = { allowedHosts: [right, wrong], resolve: at("127.0.0.1") };
    const from = fetcherOf({ ...options, ca: photosTestTls.cert });
    for (let i = 0; i < 2; i += 1) {
      expect(await from.fetch(`${right}/photo.jpg`, never)).toEqual(photo);
      expect(await outcome(from.fetch(`${wrong}/photo.jpg`, never))).toBe("IMAGE_UNREACHABLE");
    }
    expect(await outcome(fetcherOf(options).fetch(`${right}/photo.jpg`, never))).toBe(
      "IMAGE_UNREACHABLE",
    );
  });

  test("a name without addresses is unreachable", async () => {
    const from = fetcherOf({ allowedHosts: ["photos.test"], resolve: at() });
    expect(await outcome(from.fetch("https://photos.test/a.jpg", never))).toBe("IMAGE_UNREACHABLE");
  });

  test("a host that is not listed is not even looked up", async () => {
    const resolve: ResolveHost = () => Promise.reject(new Error("looked up"));
    const from = fetcherOf({ resolve });
    const both = { fetch: "IMAGE_HOST_NOT_ALLOWED", probe: "IMAGE_HOST_NOT_ALLOWED" };
    expect(await bothOf("https://evil.test/a.jpg", from)).toEqual(both);
  });

  test("what the public reads names no address", async () => {
    const from = fetcherOf({ allowedHosts: ["photos.test"], resolve: at("10.1.2.3") });
    const error = await from.fetch("https://photos.test/a.jpg", never).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Fault);
    if (!(error instanceof Fault)) return;
    expect(`${error.message} ${error.detail} ${JSON.stringify(error.extra)}`).not.toContain("10.1");
    expect(String(error.cause)).toContain("10.1.2.3");
  });
});
