import { afterAll, describe, expect, test } from "bun:test";
import { systemClock } from "#lib/clock/clock.ts";
import { Fault } from "#lib/error/fault.ts";
import { startS3Server } from "#lib/testing/s3-server.ts";
import { createSigner } from "../signer.ts";
import { createKey } from "../upload.ts";
import { createS3Store } from "./s3-store.ts";

const credentials = {
  bucket: "photos",
  region: "us-east-1",
  accessKeyId: "test-key",
  secretAccessKey: "test-secret",
};
const server = startS3Server(credentials);
const sessions = startS3Server({ ...credentials, sessionToken: "token" });
const silent = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: () => new Promise<Response>(() => undefined),
});
afterAll(() => Promise.all([server.stop(), sessions.stop(), silent.stop(true)]));

const cdnUrl = "https://cdn.example.com";
const signer = createSigner("a secret of the tests");
const { bucket, region, ...keys } = credentials;
const common = {
  bucket,
  region,
  credentials: async () => keys,
  cdnUrl,
  signer,
  clock: systemClock,
};
const stores = {
  "refuses the credentials": createS3Store({
    ...common,
    credentials: async () => ({ ...keys, secretAccessKey: "wrong" }),
    endpoint: server.origin,
  }),
  "wants the token of a session": createS3Store({ ...common, endpoint: sessions.origin }),
  "has no credentials for us": createS3Store({
    ...common,
    endpoint: server.origin,
    credentials: () => Promise.reject(new Fault("UNAVAILABLE")),
  }),
  "does not listen": createS3Store({ ...common, endpoint: "http://127.0.0.1:1" }),
  "never answers": createS3Store({
    ...common,
    endpoint: `http://127.0.0.1:${silent.port}`,
    deadlineMs: 50,
  }),
};

describe.each(Object.entries(stores))("when S3 %s", (_, store) => {
  test("every call says so, and none takes a photo for absent", async () => {
    const unavailable = { code: "UNAVAILABLE" };
    await expect(store.photo("key")).rejects.toMatchObject(unavailable);
    await expect(store.draft("key")).rejects.toMatchObject(unavailable);
    await expect(store.dropDraft("key")).rejects.toMatchObject(unavailable);
    const publishing = store.publish("key", new Uint8Array(1), "image/jpeg");
    await expect(publishing).rejects.toMatchObject(unavailable);
    const listing = Array.fromAsync(store.list("drafts"));
    await expect(listing).rejects.toMatchObject(unavailable);
  });
});

test("public URLs lie under the CDN", () => {
  const store = createS3Store({ ...common, endpoint: server.origin });
  expect(store.publicUrl("scan.a.b")).toBe("https://cdn.example.com/scan.a.b");
});

test("a draft is not named after its key, and only those with the secret find it", async () => {
  const key = await createKey(signer, "scan", "user-1");
  const pathOf = async (secret: string, endpoint = server.origin) => {
    const store = createS3Store({ ...common, endpoint, signer: createSigner(secret) });
    const declared = { contentType: "image/jpeg", size: 1 };
    return new URL((await store.signUpload(key, { expiresInS: 60, ...declared })).url).pathname;
  };
  const path = await pathOf("a secret of the tests");
  expect(path).toMatch(/^\/photos\/drafts\/[A-Za-z0-9_-]{43}$/);
  for (const part of key.split(".").slice(1)) expect(path).not.toContain(part);
  expect(await pathOf("a secret of the tests", `${server.origin}/`)).toBe(path);
  expect(await pathOf("another secret")).not.toBe(path);
});
