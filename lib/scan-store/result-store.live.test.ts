import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eq, inArray, sql } from "drizzle-orm";
import { connectDatabase, type Database } from "#lib/db/client.ts";
import { migrate } from "#lib/db/migrate.ts";
import { scans } from "#lib/db/schema.ts";
import type { ResultStore } from "#lib/scan/end-scan.ts";
import type { ScanMessage } from "#lib/scan/scan-message.ts";
import type { StoredResult } from "#lib/scan/scan-result.ts";
import { petReward } from "#lib/testing/pet-bottle.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { createResultStore } from "./result-store.ts";

const finishedAt = 1_800_000_000_000;

describe("the result store", () => {
  let database: Database;
  let store: ResultStore;
  beforeAll(async () => {
    await migrate(serviceUrls.DATABASE_URL);
    database = await connectDatabase(serviceUrls.DATABASE_URL);
    store = createResultStore(database);
  }, 30_000);
  afterAll(() => database?.close());

  const rowOf = async (jobId: string) =>
    (await database.call((db) => db.select().from(scans).where(eq(scans.jobId, jobId))))[0];

  test("keeps whose scan it was, what was asked, when, and what came of it", async () => {
    const run = newRun();
    expect(await store.saveResult(run, failed("A"), finishedAt)).toEqual(failed("A"));
    const { job_id, user_id, image_url } = run.message;
    expect(await rowOf(job_id)).toEqual({
      jobId: job_id,
      userId: user_id,
      status: "failed",
      model: "gpt-5.2",
      imageUrl: image_url,
      userInput: "이거?",
      result: failed("A"),
      redrive: 0,
      submittedAt: new Date(1_700_000_000_000),
      finishedAt: new Date(finishedAt),
    });
  });

  test("adds a reward, once, to a completed scan that has none", async () => {
    const run = newRun();
    await store.saveResult(run, completed, finishedAt);
    const rewarded = { ...completed, reward: petReward };
    expect(await store.saveReward(run.message, petReward)).toEqual(rewarded);
    expect(await store.saveReward(run.message, { ...petReward, name: "other" })).toEqual(rewarded);
    expect((await rowOf(run.message.job_id))?.result).toEqual(rewarded);
    const other = newRun();
    expect(await store.saveReward(other.message, petReward)).toBeUndefined();
    await store.saveResult(other, failed("A"), finishedAt);
    expect(await store.saveReward(other.message, petReward)).toBeUndefined();
  });

  test("lets the first result of an epoch stand, and returns it to every later one", async () => {
    const run = newRun();
    await store.saveResult(run, failed("A"), finishedAt);
    expect(await store.saveResult(run, failed("B"), finishedAt)).toEqual(failed("A"));
    expect((await rowOf(run.message.job_id))?.result).toEqual(failed("A"));
  });

  test("returns the same result to many at once, whoever writes it", async () => {
    const run = newRun();
    const other = createResultStore(database);
    const standing = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        (i % 2 ? store : other).saveResult(run, failed(`E${i}`), finishedAt),
      ),
    );
    expect(new Set(standing.map(({ error }) => error?.code)).size).toBe(1);
    expect((await rowOf(run.message.job_id))?.result).toEqual(standing[0]);
  });

  test("replaces a result by that of a newer epoch, and not by that of an older one", async () => {
    const run = newRun();
    await store.saveResult(run, failed("A"), finishedAt);
    expect(await store.saveResult({ ...run, epoch: 1 }, failed("B"), finishedAt)).toEqual(
      failed("B"),
    );
    expect(await store.saveResult(run, failed("C"), finishedAt)).toEqual(failed("B"));
    expect(await rowOf(run.message.job_id)).toMatchObject({ redrive: 1, result: failed("B") });
  });

  test("never replaces a completed scan: a redriven duplicate that fails changes nothing", async () => {
    const run = newRun();
    await store.saveResult(run, completed, finishedAt);
    expect(await store.saveResult({ ...run, epoch: 1 }, failed("B"), finishedAt)).toEqual(
      completed,
    );
    expect(await rowOf(run.message.job_id)).toMatchObject({ redrive: 0, status: "completed" });
  });

  test("lets the newest epoch stand when both come in one batch, in either order", async () => {
    for (const epochs of [
      [0, 1],
      [1, 0],
    ]) {
      const run = newRun();
      const standing = await Promise.all(
        epochs.map((epoch) => store.saveResult({ ...run, epoch }, failed(`E${epoch}`), finishedAt)),
      );
      expect(standing).toEqual([failed("E1"), failed("E1")]);
      expect(await rowOf(run.message.job_id)).toMatchObject({ redrive: 1, result: failed("E1") });
    }
  });

  test("two writers of the same jobs wait for each other instead of deadlocking", async () => {
    const other = createResultStore(database);
    for (let round = 0; round < 20; round++) {
      const runs = Array.from({ length: 50 }, newRun);
      const saveAll = (by: ResultStore, these: typeof runs) =>
        these.map((run) => by.saveResult(run, failed("A"), finishedAt));
      await Promise.all([...saveAll(store, runs), ...saveAll(other, runs.toReversed())]);
    }
  }, 30_000);

  test("writes what waits together: 120 results at once are three transactions", async () => {
    const runs = Array.from({ length: 120 }, newRun);
    await Promise.all(runs.map((run) => store.saveResult(run, failed("A"), finishedAt)));
    const ids = runs.map(({ message }) => message.job_id);
    const [row] = await database.call((db) =>
      db
        .select({ n: sql<string>`count(distinct ${scans}.xmin::text)` })
        .from(scans)
        .where(inArray(scans.jobId, ids)),
    );
    expect(Number(row?.n)).toBe(3);
  });

  test("refuses a result that Postgres cannot hold, and its neighbours are saved", async () => {
    const [bad, good] = [newRun(), newRun()];
    const outcomes = await Promise.allSettled([
      store.saveResult(bad, failed("\u0000"), finishedAt),
      store.saveResult(good, failed("A"), finishedAt),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
    expect(await rowOf(bad.message.job_id)).toBeUndefined();
    expect(await rowOf(good.message.job_id)).toBeDefined();
  });
});

function newRun(): { message: ScanMessage; epoch: number } {
  const message = {
    job_id: Bun.randomUUIDv7(),
    user_id: `user-${crypto.randomUUID()}`,
    image_url: "https://cdn.example.com/a.jpg",
    user_input: "이거?",
    model: "gpt-5.2",
    submitted_at: 1_700_000_000_000,
  };
  return { message, epoch: 0 };
}

function failed(code: string): StoredResult {
  const error = { code, message: "실패했어요." };
  return { status: "failed", vision: null, answer: null, reward: null, error };
}

const completed: StoredResult = { ...failed("A"), status: "completed", error: null };
