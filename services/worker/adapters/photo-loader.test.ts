import { afterAll, describe, expect, test } from "bun:test";
import { jpegPhoto } from "#lib/testing/photos.ts";
import { createPhotoHasher, createPhotoLoader } from "./photo-loader.ts";

const photo = await jpegPhoto(40, 20);
const hanging = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: () => new Promise(() => undefined),
});
const fine = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response(photo) });
afterAll(() => Promise.all([hanging.stop(true), fine.stop(true)]));

const load = createPhotoLoader({ allowedHosts: [hanging.url.origin, fine.url.origin] });
const scan = ({ url }: Bun.Server<undefined>, user_id: string) => ({
  image_url: url.href,
  user_id,
});

test("a host that hangs costs the scans of no other host anything", async () => {
  const caller = new AbortController();
  const stuck = Array.from({ length: 150 }, (_, i) => load(scan(hanging, `u${i}`), caller.signal));
  const outcomes = Promise.allSettled(stuck);
  const { signal } = new AbortController();
  // Would wait for ten seconds, were no place left.
  const loaded = await Promise.all(
    Array.from({ length: 40 }, (_, i) => load(scan(fine, `v${i}`), signal)),
  );
  expect(loaded.map(({ bytes }) => bytes.length)).toEqual(loaded.map(() => photo.length));
  caller.abort(new Error("stopped"));
  for (const outcome of await outcomes) {
    expect(outcome).toMatchObject({ status: "rejected", reason: new Error("stopped") });
  }
});

test("neither do one user's scans those of the others", async () => {
  const caller = new AbortController();
  const stuck = Array.from({ length: 40 }, () => load(scan(hanging, "greedy"), caller.signal));
  const outcomes = Promise.allSettled(stuck);
  const { signal } = new AbortController();
  const [other, own] = [
    load(scan(fine, "other"), signal),
    load(scan(fine, "greedy"), caller.signal),
  ];
  expect((await other).mime).toBe("image/jpeg");
  caller.abort(new Error("stopped"));
  await expect(own).rejects.toThrow("stopped");
  await outcomes;
});

test("a photo without a place in time makes its scan come again, which costs it no try", async () => {
  const origins = { allowedHosts: [hanging.url.origin, fine.url.origin] };
  const impatient = createPhotoLoader({ ...origins, waitMsMax: 50 });
  const caller = new AbortController();
  const stuck = Array.from({ length: 12 }, (_, i) =>
    impatient(scan(hanging, `u${i}`), caller.signal),
  );
  const outcomes = Promise.allSettled(stuck);
  const { signal } = new AbortController();
  const late = await impatient(scan(hanging, "late"), signal).catch((error: unknown) => error);
  expect(late).toMatchObject({ code: "UNAVAILABLE", kind: { onMessage: "wait" } });
  // The wait is for the place alone, not for the photo.
  expect((await impatient(scan(fine, "other"), signal)).mime).toBe("image/jpeg");
  caller.abort(new Error("stopped"));
  await outcomes;
});

test("our own store being away costs a scan no try, another host's being away does", async () => {
  const away = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => new Response("", { status: 503 }),
  });
  const allowedHosts = [away.url.origin];
  const { signal } = new AbortController();
  const codeWith = async (storeOrigin?: string) => {
    const load = createPhotoLoader({ allowedHosts, ...(storeOrigin && { storeOrigin }) });
    return await load(scan(away, "u"), signal).catch((error: unknown) => error);
  };
  expect(await codeWith(away.url.origin)).toMatchObject({ kind: { onMessage: "wait" } });
  expect(await codeWith()).toMatchObject({ code: "IMAGE_UNREACHABLE" });
  await away.stop(true);
});

test("a grant does not wait for its photo behind those of scans that begin", async () => {
  const slow = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: ({ url }) =>
      url.endsWith("/slow") ? new Promise<Response>(() => undefined) : new Response(photo),
  });
  const hosts = { allowedHosts: [slow.url.origin] };
  const loadSlow = createPhotoLoader(hosts);
  const hash = createPhotoHasher(hosts, async () => undefined);
  const caller = new AbortController();
  const stuck = Array.from({ length: 40 }, (_, i) =>
    loadSlow({ image_url: `${slow.url.origin}/slow`, user_id: `u${i}` }, caller.signal),
  );
  const outcomes = Promise.allSettled(stuck);
  expect(await hash(scan(slow, "other"), new AbortController().signal)).toMatch(/^[0-9a-f]{16}$/);
  caller.abort(new Error("stopped"));
  await outcomes;
  await slow.stop(true);
});

describe("the hash of a photo", () => {
  const known = "1b8610ea59d0cf80";
  const hashWith = (storeOrigin: string, path: string) => {
    const hosts = { allowedHosts: [fine.url.origin], storeOrigin };
    const hash = createPhotoHasher(hosts, async (key) => (key === "known" ? known : undefined));
    const image_url = `${fine.url.origin}${path}`;
    return hash({ image_url, user_id: "u" }, new AbortController().signal);
  };

  test("is the one that our store has of it", async () => {
    expect(await hashWith(fine.url.origin, "/photos/known")).toBe(known);
  });

  test("is made of the photo itself where our store has none, and of another host's in any case", async () => {
    const made = await hashWith(fine.url.origin, "/photos/large");
    expect(made).not.toBe(known);
    expect(await hashWith("https://photos.example.com", "/photos/known")).toBe(made);
  });
});
