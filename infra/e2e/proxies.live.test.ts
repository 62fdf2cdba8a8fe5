import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { connect } from "node:tls";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { petAnswer, petVision } from "#lib/testing/pet-bottle.ts";
import { jpegPhoto } from "#lib/testing/photos.ts";
import { until } from "#lib/testing/until.ts";
import { choosePort } from "../services/port.ts";
import { type Harness, startHarness } from "./harness.ts";
import { makeProxyFolder, type ProxyName, proxyPrograms, startProxy } from "./proxy-program.ts";

/** The configurations that the page tells operators to use, with ports and files of the test's own. */
const page = await Bun.file(new URL("../../services/edge/proxies.md", import.meta.url)).text();

function configuration(language: string, changes: Readonly<Record<string, string>>): string {
  const [, text = ""] = new RegExp(`^\`\`\`${language}\n([^\`]+)\`\`\`$`, "m").exec(page) ?? [];
  return Object.entries(changes).reduce((changed, [from, to]) => {
    expect(changed).toContain(from);
    return changed.replaceAll(from, to);
  }, text);
}

const { folder, certificate, remove } = makeProxyFolder();

interface Setup {
  readonly name: string;
  readonly program: ProxyName;
  readonly scheme: "http" | "https";
  config(port: number, edge: string): string;
}

const setups: readonly Setup[] = [
  {
    name: "nginx as its page has it, over HTTP/2",
    program: "nginx",
    scheme: "https",
    config: (port, edge) =>
      configuration("nginx", {
        "listen 443": `listen 127.0.0.1:${port}`,
        "127.0.0.1:8080": edge,
        "/etc/ssl/eco2.pem": certificate,
      }),
  },
  {
    name: "HAProxy as its page has it, over HTTP/2",
    program: "haproxy",
    scheme: "https",
    config: (port, edge) =>
      configuration("haproxy", {
        "bind :443": `bind 127.0.0.1:${port}`,
        "127.0.0.1:8080": edge,
        "/etc/ssl/eco2.pem": certificate,
        // So that a health check that fails takes edge out while the tests run.
        "inter 2s": "inter 50ms",
      }),
  },
  {
    name: "nginx with nothing but proxy_pass, which is HTTP/1.0",
    program: "nginx",
    scheme: "http",
    config: (port, edge) =>
      `client_max_body_size 64m;
        server { listen 127.0.0.1:${port}; location / { proxy_pass http://${edge}; } }`,
  },
];

let eco2: Harness;
beforeAll(async () => {
  eco2 = await startHarness();
}, 60_000);
beforeEach(() => eco2.model.reset());
afterAll(async () => {
  await eco2?.stop();
  remove();
});

for (const { name, program, scheme, config } of setups) {
  describe.skipIf(proxyPrograms[program] === null)(`behind ${name},`, () => {
    const port = choosePort([]);
    let stop: () => Promise<unknown>;
    beforeAll(async () => {
      ({ stop } = startProxy(program, folder, config(port, new URL(eco2.origin).host)));
      await until(async () => (await call("/readyz")).ok);
    });
    afterAll(() => stop?.());

    /** A path, or the path of an absolute URL, through the proxy. */
    function call(url: string, init: RequestInit = {}, protocol?: "http1.1"): Promise<Response> {
      const { pathname, search } = new URL(url, eco2.origin);
      const path = `${scheme}://127.0.0.1:${port}${pathname}${search}`;
      if (scheme === "http") return fetch(path, init);
      const tls = { rejectUnauthorized: false };
      return fetch(path, { ...init, tls, protocol: protocol ?? "http2" });
    }

    test("a scan goes through: photo, submit, its events as they happen, result", async () => {
      eco2.model.next("vision", { ...petVision, delayMs: 400 });
      eco2.model.next("answer", { ...petAnswer, delayMs: 400 });
      const { id } = eco2.newUser();
      const user = { "x-user-id": id };
      const json = { ...user, "content-type": "application/json" };
      const post = async (path: string, body: unknown) => {
        const init = { method: "POST", headers: json, body: JSON.stringify(body) };
        return (await call(path, init)).json();
      };
      const slot = await post("/api/v1/images/scan", {});
      const put = { method: "PUT", body: await jpegPhoto(64, 48) };
      expect((await call(slot.upload_url, put)).status).toBe(200);
      await post("/api/v1/images/scan/callback", { key: slot.key });
      const job = await post("/api/v1/scan", { image_url: slot.cdn_url, user_input: "페트병" });

      const stream = await call(job.stream_url, { headers: user });
      expect(stream.headers.get("content-type")).toStartWith("text/event-stream");
      const events = stream.body
        ?.pipeThrough(new TextDecoderStream())
        .pipeThrough(new EventSourceParserStream());
      const arrivals: number[] = [];
      for await (const { id } of events ?? []) {
        if (id) arrivals.push(performance.now());
      }
      expect(arrivals.length).toBeGreaterThan(6);
      // Buffered, they would come together at the end.
      expect((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)).toBeGreaterThan(350);
      const result = await (await call(job.result_url, { headers: user })).json();
      expect(result.status).toBe("completed");
    }, 30_000);

    test.each([
      ["PUT", "/api/v1/images/upload/x?signature=a", 300_000, "403 UPLOAD_SIGNATURE_INVALID"],
      ["PUT", "/api/v1/images/upload/x?signature=a", 12_000_000, "403 UPLOAD_SIGNATURE_INVALID"],
      ["POST", "/api/v1/scan", 20_000, "401 UNAUTHENTICATED"],
      ["POST", "/api/v1/scan", 900_000, "401 UNAUTHENTICATED"],
      ["POST", "/api/v1/scan", 900_000, "413 BODY_TOO_LARGE"],
      ["POST", "/api/v1/scan", 20_000, "415 CONTENT_TYPE_UNSUPPORTED"],
      ["PUT", "/api/v1/scan", 900_000, "405 METHOD_NOT_ALLOWED"],
      ["POST", "/nothing", 900_000, "404 NOT_FOUND"],
    ])(
      "%s %s with %d bytes is refused as what it is: %s",
      async (method, path, bytes, expected) => {
        const headers: Record<string, string> = { "content-type": "application/octet-stream" };
        if (/413|415/.test(expected)) headers["x-user-id"] = "proxied";
        const body = new Uint8Array(bytes);
        for (let n = 0; n < 6; n++) {
          const chunks = new ReadableStream({
            start(controller) {
              for (let at = 0; at < bytes; at += 50_000)
                controller.enqueue(body.subarray(at, at + 50_000));
              controller.close();
            },
          });
          const init = { method, headers, body: n % 2 === 0 ? body : chunks };
          const response = await call(path, init, n < 3 ? "http1.1" : undefined);
          const { status, code } = await response.json();
          expect(`${response.status} ${code}`).toBe(expected);
          expect(status).toBe(response.status);
        }
      },
      30_000,
    );

    test("more than 10 MiB are no photo, and no 502", async () => {
      const { id } = eco2.newUser();
      const headers = { "x-user-id": id };
      const slot = await (await call("/api/v1/images/scan", { method: "POST", headers })).json();
      for (const more of [1, 8_000_000, 40_000_000]) {
        const body = new Uint8Array(10 * 1024 * 1024 + more);
        const response = await call(slot.upload_url, { method: "PUT", body });
        expect([response.status, (await response.json()).code]).toEqual([413, "IMAGE_TOO_LARGE"]);
      }
    });

    if (scheme === "http") return;
    test("metrics stay inside, and a body is asked for in any spelling", async () => {
      expect((await call("/metrics")).status).toBe(404);
      expect((await call("/readyz")).status).toBe(200);
      for (const expectation of ["100-continue", "100-Continue"]) {
        expect(await continues(port, expectation)).toBe(true);
      }
    });
  });
}

/** Whether the proxy says 100 to a client that waits for it before it sends a body. */
function continues(port: number, expectation: string): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
  socket.once("error", reject);
  socket.once("close", () => resolve(false));
  socket.once("data", (data) => {
    resolve(data.toString().startsWith("HTTP/1.1 100 "));
    socket.destroy();
  });
  socket.write(
    `POST /api/v1/scan HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: ${expectation}\r\n\r\n`,
  );
  return promise;
}
