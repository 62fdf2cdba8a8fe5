import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fault } from "#lib/error/fault.ts";
import { createApp } from "#lib/http/create-app.ts";
import { inspectImage, photoBytesMax } from "#lib/image/inspect.ts";
import { stripKeepingOrientation } from "#lib/image/strip.ts";
import { createLogger } from "#lib/log/logger.ts";
import { changedAvif } from "#lib/testing/avif-photos.ts";
import { turnedHeic } from "#lib/testing/heic-photos.ts";
import {
  concat,
  exif,
  jpegBomb,
  jpegPhoto,
  pngBomb,
  pngPhoto,
  text,
  webpPhoto,
  withJpegSegment,
} from "#lib/testing/photos.ts";
import { untraced } from "#lib/testing/untraced.ts";
import { createSigner } from "../signer.ts";
import { everyone } from "../upload-fixture.ts";
import { createDiskStore } from "./disk-store.ts";
import { createImagesRoutes } from "./http.ts";
import { createPhotoRules } from "./photo-rules.ts";

let fetchApp: (request: Request) => Response | Promise<Response>;
const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: (r) => fetchApp(r) });
const origin = `http://127.0.0.1:${server.port}`;
const dir = await mkdtemp(join(tmpdir(), "eco2-images-"));
const clock = { ms: 1_800_000_000_000, now: () => clock.ms };
const signer = createSigner("a secret of the tests");
const files = await createDiskStore({
  dir,
  uploadOrigin: origin,
  readOrigin: origin,
  signer,
  clock,
});
const lines: string[] = [];
const quota = { name: "uploads", limit: 9, remaining: 8, windowS: 86_400, resetS: 7 };
const admitted: number[] = [];
let exhausted = false;
fetchApp = createApp(
  createLogger("test", "info", (line) => lines.push(line)),
  [
    createImagesRoutes({
      store: files,
      files,
      owners: everyone,
      signer,
      photo: createPhotoRules(),
      clock,
      admit: async (_, bytes) => {
        admitted.push(bytes);
        if (exhausted) throw new Fault("TOO_MANY_UPLOADS", { quota: { ...quota, remaining: 0 } });
        return [quota];
      },
    }),
  ],
).fetch;

afterAll(async () => {
  await server.stop(true);
  await rm(dir, { recursive: true });
});

interface Offer {
  key: string;
  upload_url: string;
  cdn_url: string;
  expires_in: number;
  required_headers: Record<string, string>;
}

const photo = await jpegPhoto(40, 20);
const webp = await webpPhoto(40, 20);
const bomb = await jpegBomb(65_500, 65_500);
const post = (path: string, body?: unknown, user: string | null = "user-1") =>
  fetch(`${origin}/api/v1/images/${path}`, {
    method: "POST",
    headers: {
      ...(user === null ? {} : { "x-user-id": user }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const offer = async (channel = "scan"): Promise<Offer> => (await post(channel)).json();
const put = (url: string, body: BodyInit) => fetch(url, { method: "PUT", body });
const problemOf = async (response: Response) => {
  const { code, status } = await response.json();
  expect(response.status).toBe(status);
  expect(response.headers.get("content-type")).toStartWith("application/problem+json");
  return `${status} ${code}`;
};
const confirm = (key: string, { channel = "scan", user = "user-1" } = {}) =>
  post(`${channel}/callback`, { key }, user);
const stored = async () =>
  (await readdir(dir, { recursive: true })).filter((name) => name !== "drafts");

describe("the quota of uploads", () => {
  test("is shown with every offer, which counts with the most bytes its URL takes", async () => {
    admitted.length = 0;
    const response = await post("scan", { content_type: "image/jpeg", size: 1_000 });
    expect(response.headers.get("ratelimit-policy")).toBe('"uploads";q=9;w=86400');
    expect(response.headers.get("ratelimit")).toBe('"uploads";r=8;t=7');
    await post("scan");
    expect(admitted).toEqual([1_000, photoBytesMax]);
  });

  test("refuses the next with 429, and counts nothing that is refused for something else", async () => {
    admitted.length = 0;
    await post("scan", { content_type: "image/tiff" });
    await post("scan", { size: photoBytesMax + 1 });
    expect(admitted).toEqual([]);
    exhausted = true;
    const refused = await post("scan");
    exhausted = false;
    expect(await problemOf(refused)).toBe("429 TOO_MANY_UPLOADS");
    expect(refused.headers.get("retry-after")).toBe("7");
    expect(refused.headers.get("ratelimit")).toBe('"uploads";r=0;t=7');
  });
});

describe("an upload", () => {
  test.each([
    ["image/jpeg", photo],
    ["image/png", pngPhoto(40, 20)],
    ["image/webp", webp],
  ])("of %s is offered, stored, confirmed and served", async (mime, bytes) => {
    const asked = await post("scan", { content_type: mime, size: bytes.length });
    expect(asked.status).toBe(201);
    const { key, upload_url, cdn_url, expires_in, required_headers } = await asked.json();
    expect({ expires_in, required_headers }).toEqual({
      expires_in: 300,
      required_headers: { "content-type": mime, "content-length": String(bytes.length) },
    });

    const sent = await fetch(upload_url, { method: "PUT", body: bytes, headers: required_headers });
    expect(sent.status).toBe(200);

    const confirmed = await confirm(key);
    expect(confirmed.status).toBe(200);
    expect(await confirmed.json()).toEqual({
      key,
      cdn_url,
      size: bytes.length,
      content_type: mime,
      width: 40,
      height: 20,
    });

    const served = await fetch(cdn_url);
    expect(new Uint8Array(await served.arrayBuffer())).toEqual(bytes);
    expect(Object.fromEntries(served.headers)).toMatchObject({
      "content-type": mime,
      "content-length": String(bytes.length),
      "content-disposition": "inline",
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; sandbox",
      "cache-control": "public, max-age=3600",
    });
    const head = await fetch(cdn_url, { method: "HEAD" });
    expect(head.headers.get("content-length")).toBe(String(bytes.length));
  });

  test.each([
    ["image/heic", turnedHeic()],
    ["IMAGE/HEIF", turnedHeic()],
    ["image/avif", changedAvif("irot")],
    [undefined, turnedHeic()],
  ])(
    "that is no JPEG, PNG or WebP, offered as %p, is a JPEG of its own key from the callback on",
    async (content_type, body) => {
      const slot: Offer = await (await post("scan", { content_type })).json();
      const init = { method: "PUT", headers: slot.required_headers, body };
      expect((await fetch(slot.upload_url, init)).status).toBe(200);
      const confirmed = await (await confirm(slot.key)).json();
      expect(confirmed).toMatchObject({ content_type: "image/jpeg", width: 48, height: 64 });
      expect(await (await confirm(slot.key)).json()).toEqual(confirmed);
      const served = await fetch(slot.cdn_url);
      expect(served.headers.get("content-type")).toBe("image/jpeg");
      expect((await served.bytes()).length).toBe(confirmed.size);
    },
  );

  test("of a sequence of AVIF is refused with the way out", async () => {
    const sequence = text("\0\0\0\x18ftypavis\0\0\0\0msf1miaf");
    const refused = await put((await offer()).upload_url, sequence);
    expect(await problemOf(refused.clone())).toBe("415 IMAGE_HEIF_UNSUPPORTED");
    expect((await refused.json()).detail).toContain("높은 호환성");
  });

  test("may be sent again, and in pieces without a Content-Length", async () => {
    const { upload_url, key } = await offer();
    expect((await put(upload_url, photo)).status).toBe(200);
    const pieces = new ReadableStream({
      start(controller) {
        for (const byte of photo) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    expect((await put(upload_url, pieces)).status).toBe(200);
    expect((await confirm(key)).status).toBe(200);
  });

  test("needs nothing said of the photo beforehand", async () => {
    expect((await post("my", { content_type: null, size: null })).status).toBe(201);
    for (const init of [{}, { headers: { "content-type": "application/json" } }]) {
      const headers = { "x-user-id": "user-1", ...init.headers };
      const asked = await fetch(`${origin}/api/v1/images/my`, { method: "POST", headers });
      expect(asked.status).toBe(201);
      expect((await asked.json()).required_headers).toEqual({});
    }
  });

  test("keys are never the same and do not show their owner", async () => {
    const keys = await Promise.all(Array.from({ length: 50 }, async () => (await offer()).key));
    const parts = keys.map((key) => key.split("."));
    expect(new Set(parts.map(([, id]) => id)).size).toBe(50);
    expect(new Set(parts.map(([, , owner]) => owner)).size).toBe(50);
    expect(keys.join()).not.toContain("user-1");
  });
});

describe("asking for an upload", () => {
  test.each([
    ["without a user", "scan", undefined, null, "401 UNAUTHENTICATED"],
    ["for an unknown channel", "admin", undefined, "user-1", "404 IMAGE_CHANNEL_UNKNOWN"],
    ["for another type", "scan", { content_type: "image/tiff" }, "u", "415 IMAGE_TYPE_UNSUPPORTED"],
    ["for HTML", "scan", { content_type: "text/html" }, "u", "415 IMAGE_TYPE_UNSUPPORTED"],
    ["for an empty file", "scan", { size: 0 }, "u", "422 IMAGE_EMPTY"],
    ["for 50 MB", "scan", { size: 50 * 1024 * 1024 }, "u", "413 IMAGE_TOO_LARGE"],
    ["for a negative size", "scan", { size: -1 }, "u", "400 VALIDATION_FAILED"],
    ["for a size in words", "scan", { size: "big" }, "u", "400 VALIDATION_FAILED"],
    ["with a long body", "scan", { x: "x".repeat(5_000) }, "u", "413 BODY_TOO_LARGE"],
  ])("%s is refused", async (_, channel, body, user, problem) => {
    expect(await problemOf(await post(channel, body, user))).toBe(problem);
  });
});

describe("sending a photo", () => {
  test.each([
    ["no image", text("<html><script>alert(1)</script></html>"), "415 IMAGE_TYPE_UNSUPPORTED"],
    ["a GIF without a size", text(`GIF89a${"\0".repeat(40)}`), "422 IMAGE_CORRUPT"],
    ["nothing", new Uint8Array(), "422 IMAGE_EMPTY"],
    ["a PNG bomb", pngBomb(30_000, 30_000), "422 IMAGE_TOO_MANY_PIXELS"],
    ["a JPEG bomb", bomb, "422 IMAGE_TOO_MANY_PIXELS"],
    ["the first bytes of a photo", photo.subarray(0, 40), "422 IMAGE_CORRUPT"],
    ["50 MB", concat(photo, new Uint8Array(50 * 1024 * 1024)), "413 IMAGE_TOO_LARGE"],
    ["a byte too many", concat(photo, new Uint8Array(photoBytesMax)), "413 IMAGE_TOO_LARGE"],
  ])("%s is refused and leaves nothing", async (_, bytes, problem) => {
    const before = await stored();
    const { upload_url, key } = await offer();
    expect(await problemOf(await put(upload_url, bytes))).toBe(problem);
    expect(await stored()).toEqual(before);
    expect(await problemOf(await confirm(key))).toBe("404 UPLOAD_NOT_FOUND");
  });

  test("50 MB in pieces without a Content-Length are refused on the way", async () => {
    const before = await stored();
    const { upload_url } = await offer();
    let sent = 0;
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(photo),
      pull(controller) {
        sent += 64 * 1024;
        controller.enqueue(new Uint8Array(64 * 1024));
        if (sent >= 50 * 1024 * 1024) controller.close();
      },
    });
    expect(await problemOf(await put(upload_url, body))).toBe("413 IMAGE_TOO_LARGE");
    expect(await stored()).toEqual(before);
  });

  test("what is refused half-way is left to the server, which reads off the rest", async () => {
    const { upload_url } = await offer();
    const declared = { "content-length": String(photoBytesMax + 1) };
    for (const headers of [{}, declared]) {
      const body = new ReadableStream<Uint8Array>({
        pull: (controller) => controller.enqueue(new Uint8Array(photoBytesMax)),
      });
      const request = new Request(upload_url, { method: "PUT", body, headers });
      expect(await problemOf(await fetchApp(request))).toBe("413 IMAGE_TOO_LARGE");
      expect((await request.body?.getReader().read())?.done).toBe(false);
    }
  });

  test("a compressed photo is refused for what it is", async () => {
    const { upload_url } = await offer();
    const init = {
      method: "PUT",
      headers: { "content-encoding": "gzip" },
      body: Bun.gzipSync(photo),
    };
    const refused = await fetch(upload_url, init);
    expect(await problemOf(refused)).toBe("415 CONTENT_ENCODING_UNSUPPORTED");
    expect(refused.headers.get("accept-encoding")).toBe("identity");
  });

  test.each([
    ["image/jpg", "image/jpeg"],
    ["IMAGE/JPEG", "image/jpeg; charset=utf-8"],
    ["image/pjpeg", "image/pjpeg"],
    ["image/jpeg;charset=UTF-8", "Image/Jpg"],
  ])(
    "a JPEG may be called %s when it is declared and %s when it is sent",
    async (declared, sent) => {
      const asked = await post("scan", { content_type: declared });
      expect(asked.status).toBe(201);
      const { upload_url, required_headers } = await asked.json();
      expect(required_headers).toEqual({ "content-type": "image/jpeg" });
      const headers = { "content-type": sent };
      expect((await fetch(upload_url, { method: "PUT", body: photo, headers })).status).toBe(200);
    },
  );

  test("another type or length than declared is said to be that, not an expired address", async () => {
    const request = { content_type: "image/x-png", size: photo.length };
    const { upload_url, required_headers } = await (await post("scan", request)).json();
    expect(required_headers["content-type"]).toBe("image/png");
    const png = { "content-type": "image/png" };
    const tries: [BodyInit, Record<string, string>][] = [
      [photo, { "content-type": "image/jpeg" }],
      [photo, {}],
      [photo.subarray(1), png],
      [concat(photo, photo), png],
    ];
    for (const [body, headers] of tries) {
      const refused = await fetch(upload_url, { method: "PUT", body, headers });
      const { code, detail } = await refused.json();
      expect([refused.status, code]).toEqual([403, "UPLOAD_NOT_AS_DECLARED"]);
      expect(detail).not.toContain("만료");
    }
    expect((await fetch(upload_url, { method: "PUT", body: photo, headers: png })).status).toBe(
      200,
    );
  });

  test("a bad photo does not replace a good one", async () => {
    const { upload_url, cdn_url, key } = await offer();
    await put(upload_url, photo);
    expect((await put(upload_url, text("no image at all"))).status).toBe(415);
    expect((await fetch(cdn_url)).status).toBe(404);
    expect((await confirm(key)).status).toBe(200);
    expect(new Uint8Array(await (await fetch(cdn_url)).arrayBuffer())).toEqual(photo);
  });

  test("a connection that breaks off leaves nothing, though the header had arrived", async () => {
    const before = await stored();
    const { upload_url, key } = await offer();
    const { pathname, search, host } = new URL(upload_url);
    const socket = connect(Number(server.port), "127.0.0.1");
    socket.write(`PUT ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\n`);
    socket.write(`Content-Length: ${photo.length}\r\n\r\n`);
    socket.write(photo.subarray(0, photo.length - 10));
    while ((await stored()).length === before.length) await tick();
    socket.destroy();
    while ((await stored()).length > before.length) await tick();
    expect(await problemOf(await confirm(key))).toBe("404 UPLOAD_NOT_FOUND");
  });

  test("only the signed URL accepts an upload, and only until it expires", async () => {
    const { upload_url, key } = await offer();
    const other = await offer();
    const signature = new URL(upload_url).searchParams.get("signature") ?? "";
    const flipped = (signature.startsWith("A") ? "B" : "A") + signature.slice(1);
    const changed = (change: (url: URL) => void) => {
      const url = new URL(upload_url);
      change(url);
      return url.href;
    };
    const forged = [
      changed((url) => url.searchParams.set("signature", flipped)),
      changed((url) => url.searchParams.set("signature", "")),
      changed((url) => url.searchParams.set("signature", `${signature}A`)),
      changed((url) => url.searchParams.delete("signature")),
      changed((url) => url.searchParams.set("expires", "9999999999")),
      changed((url) => url.searchParams.set("expires", "1e9")),
      changed((url) => url.searchParams.delete("expires")),
      changed((url) => url.searchParams.set("type", "image/jpeg")),
      changed((url) => url.searchParams.set("size", String(photo.length))),
      upload_url.replace(key, other.key),
      // The owner's part is a signature by the same secret, of something else.
      changed((url) => url.searchParams.set("signature", key.split(".")[2] ?? "")),
    ];
    for (const url of forged) {
      const [status, code] = (await problemOf(await put(url, photo))).split(" ");
      expect([status, code]).toEqual(["403", "UPLOAD_SIGNATURE_INVALID"]);
    }
    clock.ms += 300_000;
    expect(await problemOf(await put(upload_url, photo))).toBe("403 UPLOAD_SIGNATURE_INVALID");
    clock.ms -= 1;
    expect((await put(upload_url, photo)).status).toBe(200);
  });
});

describe("confirming", () => {
  test("somebody else's photo, another channel's and an invented one answer alike", async () => {
    const { upload_url, key } = await offer();
    await put(upload_url, photo);
    const [channel, id, owner] = key.split(".");
    const attempts = [
      confirm(key, { user: "user-2" }),
      confirm(key, { channel: "my" }),
      confirm(`my.${id}.${owner}`, { channel: "my" }),
      confirm(`${channel}.${"A".repeat(22)}.${owner}`),
      confirm(`${channel}.${id}.${"A".repeat(43)}`),
      confirm("scan"),
      confirm(""),
      confirm("../../../../etc/passwd"),
    ];
    const bodies = await Promise.all(attempts.map(async (response) => untraced(await response)));
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
    expect(bodies[0]).toMatchObject({ code: "UPLOAD_NOT_FOUND" });
    expect((await confirm(key)).status).toBe(200);
  });

  test("without a photo there is nothing to confirm", async () => {
    expect(await problemOf(await confirm((await offer()).key))).toBe("404 UPLOAD_NOT_FOUND");
    expect(await problemOf(await post("scan/callback", {}))).toBe("400 VALIDATION_FAILED");
    expect(await problemOf(await post("scan/callback"))).toBe("400 VALIDATION_FAILED");
    const anonymous = await post("scan/callback", { key: "x" }, null);
    expect(await problemOf(anonymous)).toBe("401 UNAUTHENTICATED");
    expect(await problemOf(await confirm("x", { channel: "admin" }))).toBe(
      "404 IMAGE_CHANNEL_UNKNOWN",
    );
  });

  test.each([
    ["no image", text("no image at all"), "415 IMAGE_TYPE_UNSUPPORTED"],
    ["an empty file", new Uint8Array(), "422 IMAGE_EMPTY"],
    ["a bomb", pngBomb(30_000, 30_000), "422 IMAGE_TOO_MANY_PIXELS"],
    ["50 MB", concat(photo, new Uint8Array(50 * 1024 * 1024)), "413 IMAGE_TOO_LARGE"],
  ])(
    "%s that came past the upload's own check is refused and deleted",
    async (_, bytes, problem) => {
      const { key } = await offer();
      await Bun.write(join(dir, "drafts", key), bytes);
      expect(await problemOf(await confirm(key))).toBe(problem);
      expect((await stored()).join()).not.toContain(key);
    },
  );

  test("pixels that cannot be decoded are refused and deleted, though all around them is sound", async () => {
    const { upload_url, key } = await offer();
    const whole = pngPhoto(40, 20);
    const at = Buffer.from(whole).indexOf("IDAT") + 8;
    expect((await put(upload_url, whole.fill(0, at, at + 4))).status).toBe(200);
    expect(await problemOf(await confirm(key))).toBe("422 IMAGE_CORRUPT");
    expect((await stored()).join()).not.toContain(key);
  });

  const tables = Buffer.from(photo).indexOf(Uint8Array.of(0xff, 0xdb));
  const scan = Buffer.from(photo).indexOf(Uint8Array.of(0xff, 0xda));
  const junk = text("\0\xe1\0\x04\x01\x01");
  const png = pngPhoto(40, 20);

  test.each([
    [
      "junk between its segments",
      concat(photo.subarray(0, tables), junk, photo.subarray(tables)),
      photo,
    ],
    ["no end", photo.subarray(0, -2), photo],
    ["no last chunk", png.subarray(0, -12), png],
    [
      "its orientation behind the frame",
      withJpegSegment(photo, 0xe1, exif(6), scan),
      withJpegSegment(photo, 0xe1, exif(6)),
    ],
  ])("a photo with %s is stored as viewers show it", async (_, sent, shown) => {
    const { upload_url, key, cdn_url } = await offer();
    expect((await put(upload_url, sent)).status).toBe(200);
    expect((await confirm(key)).status).toBe(200);
    const served = new Uint8Array(await (await fetch(cdn_url)).arrayBuffer());
    const seen = (bytes: Uint8Array) => new Bun.Image(bytes).png().bytes();
    expect(await seen(served)).toEqual(await seen(shown));
    expect(await stripKeepingOrientation(shown, inspectImage(shown, true))).toMatchObject({
      bytes: served,
    });
  });

  test("a part of a photo is refused and deleted", async () => {
    const { upload_url, key } = await offer();
    const whole = await Bun.file("infra/samples/coffee-cup.jpg").bytes();
    expect((await put(upload_url, whole.subarray(0, whole.length / 2))).status).toBe(200);
    expect(await problemOf(await confirm(key))).toBe("422 IMAGE_CORRUPT");
    expect((await stored()).join()).not.toContain(key);
  });

  test("a header behind megabytes of metadata is found, and the metadata dropped", async () => {
    const { upload_url, key } = await offer();
    const segment = concat(text("\xff\xe1\xff\xfe"), new Uint8Array(0xfffc));
    const padded = concat(text("\xff\xd8"), ...Array(20).fill(segment), photo.subarray(2));
    expect((await put(upload_url, padded)).status).toBe(200);
    const size = photo.length;
    expect(await (await confirm(key)).json()).toMatchObject({ width: 40, height: 20, size });
    // Asked again, it answers from what is stored now.
    expect(await (await confirm(key)).json()).toMatchObject({ width: 40, height: 20, size });
  });
});

describe("reading", () => {
  test.each([
    ["..%2f..%2fetc%2fpasswd"],
    ["%2e%2e%2fdrafts"],
    ["drafts"],
    ["."],
    ["scan.AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%00"],
    ["scan.AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"],
  ])("%s is not a photo", async (path) => {
    const response = await fetch(`${origin}/api/v1/images/files/${path}`);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain("NOT_FOUND");
  });
});

test("nothing above is a defect in the eyes of the log", () => {
  expect(lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});

function tick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
