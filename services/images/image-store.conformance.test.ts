import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, readdir, rm, stat, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#lib/clock/clock.ts";
import { createApp } from "#lib/http/create-app.ts";
import { inspectImage } from "#lib/image/inspect.ts";
import { createLogger } from "#lib/log/logger.ts";
import { jpegPhoto, SECRET_PLACE } from "#lib/testing/photos.ts";
import { startS3Server } from "#lib/testing/s3-server.ts";
import { createDiskStore } from "./adapters/disk-store.ts";
import { createImagesRoutes } from "./adapters/http.ts";
import { createPhotoRules } from "./adapters/photo-rules.ts";
import { createS3Store } from "./adapters/s3-store.ts";
import { confirmUpload } from "./confirm-upload.ts";
import type { ImageStore } from "./image-store.ts";
import { createSigner } from "./signer.ts";
import { type SweepProgress, sweepUploads } from "./sweep-uploads.ts";
import { type Channel, createKey } from "./upload.ts";
import { everyone } from "./upload-fixture.ts";

/** A store with its HTTP side. */
interface Place {
  readonly store: ImageStore;
  /** The store's own: set back, it signs URLs that are older. */
  readonly clock: { behindMs: number };
  /** What a client of the store cannot do. */
  readonly inside: Inside;
}

interface Inside {
  /** What lies there now was written so much longer ago. */
  age(ms: number): Promise<void>;
  /** Everything there, by its name in the store. */
  names(): Promise<string[]>;
  /** Something that is no upload of ours. */
  plant(name: string): Promise<unknown>;
}

const cleanups: (() => Promise<unknown>)[] = [];
afterAll(() => Promise.all(cleanups.map((cleanup) => cleanup())));
const signer = createSigner("a secret of the tests");
const rules = createPhotoRules();
const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;
const pageMax = 7;

function createClock() {
  const clock = { behindMs: 0, now: () => Date.now() - clock.behindMs };
  return clock;
}

async function disk(): Promise<Place> {
  const dir = await mkdtemp(join(tmpdir(), "eco2-store-"));
  const clock = createClock();
  let app: (request: Request) => Response | Promise<Response>;
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: (request) => app(request) });
  const origin = `http://127.0.0.1:${server.port}`;
  const options = { dir, uploadOrigin: origin, readOrigin: origin, signer, clock, pageMax };
  const files = await createDiskStore(options);
  const deps = {
    store: files,
    files,
    owners: everyone,
    signer,
    photo: rules,
    clock: systemClock,
    admit: async () => [],
  };
  app = createApp(createLogger("test", "error"), [createImagesRoutes(deps)]).fetch;
  cleanups.push(
    () => server.stop(true),
    () => rm(dir, { recursive: true }),
  );
  const names = async () => {
    const all = await readdir(dir, { recursive: true });
    return all.filter((name) => name !== "drafts");
  };
  const inside = {
    async age(ms: number) {
      for (const name of await names()) {
        const path = join(dir, name);
        const writtenAt = new Date((await stat(path)).mtimeMs - ms);
        await utimes(path, writtenAt, writtenAt);
      }
    },
    names,
    plant: (name: string) => Bun.write(join(dir, name), "notes"),
  };
  return { store: files, clock, inside };
}

async function s3(session: { readonly sessionToken?: string } = {}): Promise<Place> {
  const bucket = { bucket: "photos", region: "ap-northeast-2" };
  const keys = { accessKeyId: "test-key", secretAccessKey: "test-secret", ...session };
  const server = startS3Server({ ...bucket, ...keys });
  const { origin: endpoint, objects } = server;
  cleanups.push(server.stop);
  const cdnUrl = `${endpoint}/photos`;
  const clock = createClock();
  const credentials = async () => keys;
  const store = createS3Store({ ...bucket, credentials, endpoint, cdnUrl, signer, clock, pageMax });
  const inside = {
    async age(ms: number) {
      for (const [name, object] of objects) {
        objects.set(name, { ...object, writtenAtMs: object.writtenAtMs - ms });
      }
    },
    names: async () => [...objects.keys()],
    plant: async (name: string) =>
      objects.set(name, { bytes: photo, type: "text/plain", writtenAtMs: Date.now() }),
  };
  return { store, clock, inside };
}

const photo = await jpegPhoto(40, 20);
const turned = await jpegPhoto(40, 20, { orientation: 6 });
const other = await jpegPhoto(20, 40);
const declared = (bytes: Uint8Array) => ({ contentType: "image/jpeg", size: bytes.length });
const headersFor = (bytes: Uint8Array) => ({
  "content-type": "image/jpeg",
  "content-length": String(bytes.length),
});
const put = (url: string, body: BodyInit, headers: Readonly<Record<string, string>>) =>
  fetch(url, { method: "PUT", body, headers });
const bytesOf = async (stored: { readStart(bytes: number): Promise<Uint8Array> } | undefined) =>
  stored?.readStart(1_000_000);

const places: [name: string, open: () => Promise<Place>][] = [
  ["disk", disk],
  ["S3", s3],
  ["S3 with credentials of a session", () => s3({ sessionToken: "of a role/+=" })],
];

interface SweepOptions {
  ttlMs?: number;
  /** How much later the sweep takes it to be. */
  aheadMs?: number;
  isStopping?: () => boolean;
}

describe.each(places)("the %s store", (_, open) => {
  const opening = open();
  beforeAll(() => opening.then(() => undefined), 60_000);
  const openInside = async () => {
    const { store, inside } = await opening;
    return { store, ...inside };
  };
  const newKey = (channel: Channel = "scan") => createKey(signer, channel, "user-1");
  const confirm = async (key: string) => {
    const { store } = await opening;
    const channel = key.startsWith("my.") ? "my" : "scan";
    return confirmUpload(
      { store, signer, photo: rules, owners: everyone },
      { channel, userId: "user-1", key },
    );
  };
  const upload = async (bytes = photo, channel: Channel = "scan") => {
    const { store } = await opening;
    const key = await newKey(channel);
    const { url, requiredHeaders } = await store.signUpload(key, {
      expiresInS: 60,
      ...declared(bytes),
    });
    expect((await put(url, bytes, requiredHeaders)).status).toBe(200);
    return { store, key, url };
  };
  const sweep = async (given: SweepOptions = {}) => {
    const { store } = await opening;
    const pages: SweepProgress[] = [];
    await sweepUploads({
      store,
      owners: everyone,
      clock: { now: () => Date.now() + (given.aheadMs ?? 0) },
      scanPhotoTtlMs: given.ttlMs,
      isStopping: given.isStopping ?? (() => false),
      onPage: (progress) => pages.push(progress),
    });
    return pages;
  };

  test("takes a photo by its signed URL, publishes it, and gives it back", async () => {
    const { store } = await opening;
    const key = await newKey();
    const offer = await store.signUpload(key, { expiresInS: 60, ...declared(photo) });
    expect(offer.requiredHeaders).toEqual(headersFor(photo));
    expect(await store.draft(key)).toBeUndefined();

    expect((await put(offer.url, photo, offer.requiredHeaders)).status).toBe(200);
    const draft = await store.draft(key);
    expect(draft?.size).toBe(photo.length);
    expect(await draft?.readStart(12)).toEqual(photo.slice(0, 12));
    expect(await draft?.readStart(photo.length + 1)).toEqual(photo);
    expect(await store.photo(key)).toBeUndefined();
    expect((await fetch(store.publicUrl(key))).status).toBe(404);

    expect(await confirm(key)).toMatchObject({ size: photo.length, width: 40, height: 20 });
    const served = await fetch(store.publicUrl(key));
    expect(served.headers.get("content-type")).toBe("image/jpeg");
    expect(new Uint8Array(await served.arrayBuffer())).toEqual(photo);
    expect(await store.draft(key)).toBeUndefined();
  });

  test("what is published has no place in it and is shown the way it was", async () => {
    const { store, key } = await upload(turned);
    expect(Buffer.from(turned).includes(SECRET_PLACE)).toBe(true);
    const { size } = await confirm(key);
    const served = new Uint8Array(await (await fetch(store.publicUrl(key))).arrayBuffer());
    expect(served.length).toBe(size);
    expect(Buffer.from(served).includes(SECRET_PLACE)).toBe(false);
    expect(inspectImage(served, true)).toMatchObject({ width: 40, height: 20, orientation: 6 });
  });

  test("a photo never changes once it is confirmed, whatever its URL is used for", async () => {
    const { store, key, url } = await upload(photo);
    const first = await confirm(key);
    const padded = new Uint8Array(photo.length);
    padded.set(other.subarray(0, photo.length));
    expect((await put(url, padded, headersFor(photo))).ok).toBe(true);
    expect(await confirm(key)).toEqual(first);
    expect(await bytesOf(await store.photo(key))).toEqual(photo);
    expect(await store.draft(key)).toBeUndefined();
  });

  test("two callbacks at once both answer, with one photo", async () => {
    const { store, key } = await upload(turned);
    const [one, two] = await Promise.all([confirm(key), confirm(key)]);
    expect(one).toEqual(two);
    expect((await store.photo(key))?.size).toBe(one.size);
  });

  test("a reader sees the old photo or the new one, never a part", async () => {
    const { store } = await opening;
    const key = await newKey();
    const large = new Uint8Array(5 * 1024 * 1024).fill(7);
    const small = new Uint8Array(1024).fill(1);
    await store.publish(key, small, "image/jpeg");
    let isWritten = false;
    const writing = store.publish(key, large, "image/jpeg").finally(() => {
      isWritten = true;
    });
    const sizes = new Set<number>();
    while (!isWritten) {
      sizes.add((await (await fetch(store.publicUrl(key))).arrayBuffer()).byteLength);
    }
    await writing;
    expect([small.length, large.length]).toEqual(expect.arrayContaining([...sizes]));
    expect((await store.photo(key))?.size).toBe(large.length);
  });

  test("a dropped draft is gone, and dropping it again is no error", async () => {
    const { store, key } = await upload();
    const draft = await store.draft(key);
    await store.dropDraft(key);
    await store.dropDraft(key);
    expect(await store.draft(key)).toBeUndefined();
    await expect(draft?.readStart(10)).rejects.toMatchObject({ code: "UPLOAD_NOT_FOUND" });
    await expect(confirm(key)).rejects.toMatchObject({ code: "UPLOAD_NOT_FOUND" });
  });

  test("what is removed is gone as a draft and as a photo, and removing it again is no error", async () => {
    const { store, key, url } = await upload();
    await confirm(key);
    await put(url, photo, headersFor(photo));
    const { names } = await openInside();
    const before = (await names()).length;
    for (let twice = 0; twice < 2; twice++) await store.remove(key);
    expect([await store.draft(key), await store.photo(key)]).toEqual([undefined, undefined]);
    expect((await fetch(store.publicUrl(key))).status).toBe(404);
    expect((await names()).length).toBe(before - 2);
  });

  test("a signed URL takes the declared length and type only", async () => {
    const { store } = await opening;
    const key = await newKey();
    const { url } = await store.signUpload(key, { expiresInS: 60, ...declared(photo) });
    const longer = new Uint8Array(photo.length + 1);
    const pieces = new ReadableStream({
      pull(controller) {
        controller.enqueue(photo);
        controller.close();
      },
    });
    const attempts = [
      put(url, longer, headersFor(longer)),
      put(url, photo.subarray(1), headersFor(photo.subarray(1))),
      put(url, new Uint8Array(), { "content-type": "image/jpeg" }),
      put(url, pieces, { "content-type": "image/jpeg" }),
      put(url, photo, { "content-type": "text/html" }),
      put(url, photo, {}),
    ];
    const answers = await Promise.all(attempts);
    expect(answers.map(({ status }) => status)).toEqual(attempts.map(() => 403));
    expect(await store.draft(key)).toBeUndefined();
    expect((await put(url, photo, headersFor(photo))).status).toBe(200);
  });

  test("a signed URL is for its own key only, and cannot be changed", async () => {
    const { store } = await opening;
    const keys = [await newKey(), await newKey()] as const;
    const options = { expiresInS: 60, ...declared(photo) };
    const { url } = await store.signUpload(keys[0], options);
    const another = await store.signUpload(keys[1], options);
    const signature = /signature=(.)/i.exec(url);
    const flipped = signature?.[1] === "0" ? "1" : "0";
    const forged = [
      url.replace(new URL(url).pathname, new URL(another.url).pathname),
      url.replace(/expires=\d+/i, (expires) => `${expires}0`),
      url.replace(/(signature=)./i, `$1${flipped}`),
      url.replace(/content-length%3B|size=\d+/i, ""),
      url.replace(/content-type%3B|type=[^&]+/i, ""),
      url.replace(/\?.*/, ""),
    ];
    for (const attempt of forged) {
      expect(attempt).not.toBe(url);
      expect((await put(attempt, photo, headersFor(photo))).status).toBe(403);
    }
    for (const key of keys) expect(await store.draft(key)).toBeUndefined();
  });

  test("a signed URL works for a PUT only", async () => {
    const { store, key, url } = await upload();
    const response = await fetch(url, { method: "DELETE", headers: headersFor(photo) });
    expect(response.ok).toBe(false);
    expect((await store.draft(key))?.size).toBe(photo.length);
  });

  test("a signed URL is good until it expires, not longer", async () => {
    const { store, clock } = await opening;
    const key = await newKey();
    const putSigned = async (agoMs: number) => {
      clock.behindMs = agoMs;
      const { url } = await store.signUpload(key, { expiresInS: 60, ...declared(photo) });
      clock.behindMs = 0;
      return (await put(url, photo, headersFor(photo))).status;
    };
    expect(await putSigned(61_000)).toBe(403);
    expect(await store.draft(key)).toBeUndefined();
    expect(await putSigned(40_000)).toBe(200);
  });

  test("who is shown a photo cannot read what it was made of", async () => {
    const { store, key, url } = await upload();
    await confirm(key);
    expect((await put(url, photo, headersFor(photo))).ok).toBe(true);
    expect(await store.draft(key)).toBeDefined();
    const { href } = new URL(store.publicUrl(key));
    for (const guess of [`drafts/${key}`, `drafts%2F${key}`, `${key}/../drafts/${key}`]) {
      expect((await fetch(href.replace(key, guess))).status).toBe(404);
    }
  });

  test("a day later what nobody confirmed is swept, also by several processes at once", async () => {
    const { store } = await opening;
    const drafts = [];
    for (let n = 0; n <= 2 * pageMax; n += 1) drafts.push(await upload());
    const kept = await upload();
    await confirm(kept.key);
    expect((await sweep({ aheadMs: dayMs - hourMs })).at(-1)?.removed).toBe(0);
    const rounds = await Promise.all([1, 2, 3].map(() => sweep({ aheadMs: dayMs + hourMs })));
    expect(rounds.flat().filter(({ failed }) => failed > 0)).toEqual([]);
    const left = await Promise.all(drafts.map(({ key }) => store.draft(key)));
    expect(left).toEqual(left.map(() => undefined));
    expect((await store.photo(kept.key))?.size).toBe(photo.length);
    await expect(confirm(drafts[0]?.key ?? "")).rejects.toMatchObject({ code: "UPLOAD_NOT_FOUND" });
  });

  test("uploads nobody confirmed within a day are swept, all others stay", async () => {
    const { store, age } = await openInside();
    const old = [await upload(), await upload(photo, "my")];
    const kept = await upload();
    await confirm(kept.key);
    await age(24 * hourMs);
    const young = await upload();
    await age(hourMs - 60_000);
    const pages = await sweep();
    expect(pages.at(-1)).toMatchObject({ prefix: "drafts", failed: 0 });
    for (const { key } of old) expect(await store.draft(key)).toBeUndefined();
    expect((await store.draft(young.key))?.size).toBe(photo.length);
    expect((await store.photo(kept.key))?.size).toBe(photo.length);
    await confirm(young.key);
  });

  test("photos of scans are swept past their time, those of other channels never", async () => {
    const { store, age } = await openInside();
    const [old, profile] = [await upload(), await upload(photo, "my")];
    await Promise.all([confirm(old.key), confirm(profile.key)]);
    await age(30 * dayMs + 60_000);
    const young = await upload();
    await confirm(young.key);
    await sweep();
    expect((await store.photo(old.key))?.size).toBe(photo.length);
    await sweep({ ttlMs: 30 * dayMs });
    expect(await store.photo(old.key)).toBeUndefined();
    expect((await fetch(store.publicUrl(old.key))).status).toBe(404);
    for (const { key } of [profile, young]) {
      expect((await store.photo(key))?.size).toBe(photo.length);
    }
  });

  test("a sweep goes page by page, and several at once do no harm", async () => {
    const { store, age, names, plant } = await openInside();
    await Promise.all(["scan.txt", "notes.txt"].map(plant));
    const keys = await Promise.all(Array.from({ length: 3 * pageMax }, () => newKey()));
    await Promise.all(keys.map((key) => store.publish(key, photo, "image/jpeg")));
    await age(40 * dayMs);
    const young = await upload();
    await confirm(young.key);
    const pages: number[] = [];
    for await (const page of store.list("scan")) pages.push(page.length);
    expect(pages.length).toBeGreaterThan(2);
    expect(Math.max(...pages)).toBe(pageMax);

    const rounds = await Promise.all([1, 2, 3].map(() => sweep({ ttlMs: 30 * dayMs })));
    for (const round of rounds) expect(round.filter(({ failed }) => failed > 0)).toEqual([]);
    const left = await names();
    expect(left.filter((name) => name.startsWith("scan."))).toEqual(
      expect.arrayContaining(["scan.txt", young.key]),
    );
    expect(left).toContain("notes.txt");
    expect(keys.filter((key) => left.includes(key))).toEqual([]);
  });

  test("a process that stops leaves the rest of a sweep to the next one", async () => {
    const { store, age } = await openInside();
    const uploads = [];
    for (let n = 0; n < 25; n += 1) uploads.push(await upload());
    await age(2 * dayMs);
    let asked = 0;
    const [page, ...more] = await sweep({ isStopping: () => ++asked > 1 });
    expect([page?.removed, more]).toEqual([pageMax, []]);
    const left = await Promise.all(uploads.map(({ key }) => store.draft(key)));
    expect(left.filter((draft) => draft !== undefined)).toHaveLength(25 - pageMax);
    expect((await sweep()).at(-1)?.removed).toBe(25 - pageMax);
  });
});

test("only a store that bounds a body itself signs a URL for anything", async () => {
  const key = await createKey(signer, "scan", "user-1");
  const onDisk = await (await disk()).store.signUpload(key, { expiresInS: 60 });
  expect(onDisk.requiredHeaders).toEqual({});
  const { store } = await s3();
  for (const known of [{}, { contentType: "image/jpeg" }, { size: 1_000 }]) {
    const signing = store.signUpload(key, { expiresInS: 60, ...known });
    await expect(signing).rejects.toMatchObject({ code: "UPLOAD_UNDECLARED" });
  }
});
