import { afterAll, describe, expect, test } from "bun:test";
import { startS3Server } from "#lib/testing/s3-server.ts";
import { createS3Store } from "./s3-store.ts";

const credentials = {
  bucket: "photos",
  region: "us-east-1",
  accessKeyId: "test-key",
  secretAccessKey: "test-secret",
};
const server = startS3Server(credentials);
const silent = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: () => new Promise<Response>(() => undefined),
});
afterAll(() => Promise.all([server.stop(), silent.stop(true)]));

const cdnUrl = "https://cdn.example.com";
const stores = {
  "refuses the credentials": createS3Store({
    ...credentials,
    secretAccessKey: "wrong",
    endpoint: server.origin,
    cdnUrl,
  }),
  "does not listen": createS3Store({ ...credentials, endpoint: "http://127.0.0.1:1", cdnUrl }),
  "never answers": createS3Store({
    ...credentials,
    endpoint: `http://127.0.0.1:${silent.port}`,
    cdnUrl,
    deadlineMs: 50,
  }),
};

describe.each(Object.entries(stores))("when S3 %s", (_, store) => {
  test("every call says so, and none takes a photo for absent", async () => {
    const unavailable = { code: "UNAVAILABLE" };
    await expect(store.size("key")).rejects.toMatchObject(unavailable);
    await expect(store.readStart("key", 10)).rejects.toMatchObject(unavailable);
    await expect(store.delete("key")).rejects.toMatchObject(unavailable);
  });
});

test("public URLs lie under the CDN", () => {
  const store = createS3Store({ ...credentials, endpoint: server.origin, cdnUrl });
  expect(store.publicUrl("scan.a.b")).toBe("https://cdn.example.com/scan.a.b");
});
