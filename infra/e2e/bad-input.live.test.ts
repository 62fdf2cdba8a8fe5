import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { jpegPhoto, pngBomb } from "#lib/testing/photos.ts";
import { type Harness, startHarness, uploadPhoto } from "./harness.ts";

/** What a client does wrong gets a 4xx problem of its own at once, and starts nothing. */
describe("bad input", () => {
  let eco2: Harness;
  let host: ReturnType<typeof startImageHost>;

  beforeAll(async () => {
    host = startImageHost();
    eco2 = await startHarness({ IMAGE_HOSTS: host.url.origin });
  }, 60_000);
  afterAll(async () => {
    await eco2?.stop();
    await host?.stop(true);
  });

  const headers = { "x-user-id": "bad-input", "content-type": "application/json" };
  const post = (path: string, body: BodyInit) =>
    fetch(`${eco2.origin}/api/v1/${path}`, { method: "POST", headers, body });
  const submit = (body: Record<string, unknown>) => post("scan", JSON.stringify(body));

  async function expectProblem(response: Response, status: number, code: string): Promise<void> {
    const text = await response.text();
    expect([response.status, text]).toEqual([status, expect.stringContaining(`"code":"${code}"`)]);
    expect(response.headers.get("content-type")).toContain("application/problem+json");
  }

  const photos = [
    ["not an image", "/text", 415, "IMAGE_TYPE_UNSUPPORTED"],
    ["a sequence of AVIF", "/avis", 415, "IMAGE_HEIF_UNSUPPORTED"],
    ["0 bytes", "/empty", 422, "IMAGE_EMPTY"],
    ["50 MB", "/huge", 413, "IMAGE_TOO_LARGE"],
    ["a decompression bomb", "/bomb", 422, "IMAGE_TOO_MANY_PIXELS"],
    ["a redirect", "/redirect", 422, "IMAGE_REDIRECTED"],
    ["a redirect to a private address", "/metadata", 422, "IMAGE_REDIRECTED"],
    ["missing", "/missing", 422, "IMAGE_NOT_FOUND"],
  ] as const;
  test.each(photos)("a photo that is %s", async (_, path, status, code) => {
    await expectProblem(await submit({ image_url: host.url.origin + path }), status, code);
  });

  const addresses = [
    ["http://127.0.0.1:1/x.jpg", "IMAGE_ADDRESS_PRIVATE"],
    ["https://localhost/x.jpg", "IMAGE_ADDRESS_PRIVATE"],
    ["https://169.254.169.254/latest/meta-data", "IMAGE_ADDRESS_PRIVATE"],
    ["https://10.0.0.1/x.jpg", "IMAGE_ADDRESS_PRIVATE"],
    ["https://2130706433/x.jpg", "IMAGE_ADDRESS_PRIVATE"],
    ["https://[::ffff:10.0.0.1]/x.jpg", "IMAGE_ADDRESS_PRIVATE"],
    ["https://example.com/x.jpg", "IMAGE_HOST_NOT_ALLOWED"],
    ["https://user:pw@example.com/x.jpg", "IMAGE_URL_INVALID"],
    ["ftp://example.com/x.jpg", "IMAGE_URL_INVALID"],
    ["javascript:alert(1)", "IMAGE_URL_INVALID"],
    ["not a url", "IMAGE_URL_INVALID"],
  ] as const;
  test.each(addresses)("a photo at %s", async (image_url, code) => {
    await expectProblem(await submit({ image_url }), 400, code);
  });

  test("a request that says nothing useful", async () => {
    await expectProblem(await post("scan", "{nope"), 400, "MALFORMED_JSON");
    await expectProblem(await submit({}), 400, "IMAGE_URL_REQUIRED");
    await expectProblem(await post("scan", "[1]"), 400, "IMAGE_URL_REQUIRED");
    const image_url = `${host.url.origin}/photo`;
    await expectProblem(await submit({ image_url, model: "gpt-99" }), 400, "UNSUPPORTED_MODEL");
    const user_input = "가".repeat(7_000);
    await expectProblem(await submit({ image_url, user_input }), 400, "USER_INPUT_TOO_LONG");
    const tooMuch = { image_url, user_input: "x".repeat(200_000) };
    await expectProblem(await submit(tooMuch), 413, "BODY_TOO_LARGE");
  });

  test("a job id that is not a UUID", async () => {
    for (const path of ["stream?job_id=1", "scan/1/events", "scan/result/1", "scan/1/result"]) {
      const response = await fetch(`${eco2.origin}/api/v1/${path}`, { headers });
      await expectProblem(response, 400, "INVALID_JOB_ID");
    }
  });

  const uploads = [
    ["not an image", () => "hello", 415, "IMAGE_TYPE_UNSUPPORTED"],
    ["0 bytes", () => "", 422, "IMAGE_EMPTY"],
    ["50 MB", () => new Uint8Array(50 * 1024 * 1024), 413, "IMAGE_TOO_LARGE"],
    ["a decompression bomb", () => pngBomb(30_000, 30_000), 422, "IMAGE_TOO_MANY_PIXELS"],
  ] as const;
  test.each(uploads)("an upload that is %s", async (_, body, status, code) => {
    const slot = await (await post("images/scan", "{}")).json();
    const init = { method: "PUT", headers: slot.required_headers, body: body() };
    await expectProblem(await fetch(slot.upload_url, init), status, code);
    const confirm = await post("images/scan/callback", JSON.stringify({ key: slot.key }));
    await expectProblem(confirm, 404, "UPLOAD_NOT_FOUND");
  });

  test("nothing of it cost a model call or a file, and good input still works", async () => {
    expect(eco2.model.counts).toEqual({ vision: 0, answer: 0 });
    const { api } = eco2.newUser();
    const fromHost = await api.submit(`${host.url.origin}/photo`, "");
    await api.follow(fromHost.stream_url, () => undefined);
    expect((await api.result(fromHost.result_url)).status).toBe("completed");
    const uploaded = await api.submit(await uploadPhoto(api), "");
    await api.follow(uploaded.stream_url, () => undefined);
    expect((await api.result(uploaded.result_url)).status).toBe("completed");
  });
});

function startImageHost() {
  const fiftyMegabytes = new Uint8Array(50 * 1024 * 1024);
  return Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    routes: {
      "/photo": async () => new Response(await jpegPhoto(64, 48)),
      "/text": () => new Response("hello"),
      "/avis": () => new Response("\0\0\0\x18ftypavis\0\0\0\0msf1miaf"),
      "/empty": () => new Response(""),
      "/huge": () => new Response(fiftyMegabytes),
      "/bomb": () => new Response(pngBomb(30_000, 30_000)),
      "/redirect": () => Response.redirect("/photo"),
      "/metadata": () => Response.redirect("http://169.254.169.254/latest/meta-data"),
    },
    fetch: () => new Response("gone", { status: 404 }),
  });
}
