import { afterAll, expect, test } from "bun:test";
import { mkdtemp, readdir, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { systemClock } from "#lib/clock/clock.ts";
import { createLogger } from "#lib/log/logger.ts";
import { until } from "#lib/testing/until.ts";
import { createDiskStore } from "./adapters/disk-store.ts";
import { ImagesConfig } from "./config.ts";
import { startSweep } from "./main-sweep.ts";
import { createSigner } from "./signer.ts";
import { everyone } from "./upload-fixture.ts";

const dir = await mkdtemp(join(tmpdir(), "eco2-sweep-"));
const drafts = join(dir, "drafts");
afterAll(() => rm(dir, { recursive: true }));
const origin = "http://127.0.0.1:8080";
/** Never connected to. */
const signer = createSigner("a secret of the tests");
const options = { dir, uploadOrigin: origin, readOrigin: origin, signer, clock: systemClock };
const store = await createDiskStore(options);
const environment = { DATABASE_URL: "postgres://db/eco2", REDIS_URL: "redis://127.0.0.1:1" };
const config = v.parse(ImagesConfig, environment);

function start(intervalS: number) {
  const lines: string[] = [];
  const closers = new Map<string, () => unknown>();
  startSweep(
    { ...config, IMAGE_SWEEP_INTERVAL: intervalS },
    {
      store,
      owners: everyone,
      position: { read: async () => undefined, write: async () => undefined },
      log: createLogger("test", "info", (line) => lines.push(line)),
      scope: { onStop: (name, close) => void closers.set(name, close), stopping: false },
    },
  );
  return { lines, closers };
}

test("a running process sweeps on its timer, says what it did, and stops", async () => {
  await Bun.write(join(drafts, "old"), "x");
  await Bun.write(join(drafts, "young"), "x");
  const twoDaysAgo = new Date(Date.now() - 2 * 24 * 60 * 60 * 1000);
  await utimes(join(drafts, "old"), twoDaysAgo, twoDaysAgo);
  const { lines, closers } = start(0.005);
  await until(() => lines.length > 0);
  await closers.get("sweep")?.();
  expect(await readdir(drafts)).toEqual(["young"]);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    message: "uploads swept",
    prefix: "drafts",
    seen: 2,
    removed: 1,
  });
  // A round with nothing to remove says nothing.
  expect(lines).toHaveLength(1);
});

test("a store that cannot be listed is a warning, and the timer goes on", async () => {
  await rm(drafts, { recursive: true });
  const { lines, closers } = start(0.005);
  await until(() => lines.length > 1);
  await closers.get("sweep")?.();
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    level: "warn",
    message: "sweep interrupted",
  });
});

test("an interval of 0 leaves everything alone", () => {
  expect([...start(0).closers]).toEqual([]);
});

test("photos of scans are kept for good, or longer than a scan may be redriven", () => {
  expect(config).toMatchObject({ IMAGE_SWEEP_INTERVAL: 3_600, IMAGE_TTL_DAYS: 0 });
  const accepts = (days: string) => v.is(ImagesConfig, { ...environment, IMAGE_TTL_DAYS: days });
  expect(["0", "7", "8", "365", "-1"].map(accepts)).toEqual([true, false, true, true, false]);
});
