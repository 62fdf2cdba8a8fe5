import { afterAll, expect, test } from "bun:test";
import { startS3Server } from "#lib/testing/s3-server.ts";
import { createS3Store } from "./adapters/s3-store.ts";
import { createSigner } from "./signer.ts";
import { type SweepProgress, sweepUploads } from "./sweep-uploads.ts";
import { everyone } from "./upload-fixture.ts";

const dayMs = 24 * 60 * 60 * 1000;
const account = {
  bucket: "photos",
  region: "us-east-1",
  accessKeyId: "test-key",
  secretAccessKey: "test-secret",
};
const server = startS3Server(account);
afterAll(server.stop);
const clock = { ms: Date.now(), now: () => clock.ms };
const signer = createSigner("a secret of the tests");
const { bucket, region, ...keys } = account;
const credentials = async () => keys;
const common = { bucket, region, credentials, cdnUrl: server.origin, signer, clock, pageMax: 2 };
const store = createS3Store({ ...common, endpoint: server.origin });

const write = (name: string, writtenAtMs: number) =>
  server.objects.set(name, { bytes: new Uint8Array(1), type: "image/jpeg", writtenAtMs });
const sweep = async () => {
  const pages: SweepProgress[] = [];
  const onPage = (progress: SweepProgress) => void pages.push(progress);
  const isStopping = () => false;
  await sweepUploads({
    store,
    owners: everyone,
    clock,
    scanPhotoTtlMs: undefined,
    isStopping,
    onPage,
  });
  return pages;
};

test("a draft is swept when its day is over, not a millisecond before", async () => {
  write("drafts/a", clock.ms);
  clock.ms += dayMs;
  await sweep();
  expect(server.objects.has("drafts/a")).toBe(true);
  clock.ms += 1;
  expect(await sweep()).toEqual([
    { prefix: "drafts", seen: 1, removed: 1, failed: 0, error: undefined },
  ]);
  expect(server.objects.has("drafts/a")).toBe(false);
});

test("what cannot be removed is counted, and keeps nothing behind it", async () => {
  for (const name of ["a", "b", "c", "d"]) write(`drafts/${name}`, clock.ms - 2 * dayMs);
  server.locked.add("drafts/a").add("drafts/b");
  const pages = await sweep();
  const counts = pages.map(({ seen, removed, failed }) => [seen, removed, failed]);
  expect(counts).toEqual([
    [2, 0, 2],
    [4, 2, 2],
  ]);
  expect(pages.at(-1)?.error).toMatchObject({ code: "UNAVAILABLE" });
  expect([...server.objects.keys()]).toEqual(["drafts/a", "drafts/b"]);
});

test("an object without a readable time stays", async () => {
  server.objects.clear();
  const now = { ...clock, now: () => Number.NaN };
  write("drafts/a", 0);
  await sweepUploads({
    store,
    owners: everyone,
    clock: now,
    scanPhotoTtlMs: 0,
    isStopping: () => false,
    onPage: () => undefined,
  });
  expect(server.objects.has("drafts/a")).toBe(true);
});
