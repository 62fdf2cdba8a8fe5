import { afterAll, beforeAll, expect, test } from "bun:test";
import postgres from "postgres";
import { connectDatabase, type Database } from "#lib/db/client.ts";
import { migrate } from "#lib/db/migrate.ts";
import { createResultStore } from "#lib/scan-store/result-store.ts";
import { petAnswer, petVision } from "#lib/testing/pet-bottle.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { createFeedbackStore } from "./postgres.ts";

const sql = postgres(serviceUrls.DATABASE_URL, { max: 2, onnotice: () => undefined });
let database: Database;
beforeAll(async () => {
  await migrate(serviceUrls.DATABASE_URL);
  database = await connectDatabase(serviceUrls.DATABASE_URL);
}, 30_000);
afterAll(() => Promise.all([database?.close(), sql.end()]));

const stored = { answer: petAnswer.content, reward: null, error: null } as const;

/** A finished scan of a new user. */
async function scanOf(status: "completed" | "failed") {
  const [job_id, user_id] = [Bun.randomUUIDv7(), `user-${crypto.randomUUID()}`];
  const image_url = "https://cdn.example.com/a.jpg";
  const message = { job_id, user_id, image_url, user_input: "", model: "local", submitted_at: 1 };
  const { classification, situation_tags } = petVision.content;
  const meta = { user_input: "", model: "local", estimate: true };
  const vision = { classification, situation_tags, meta };
  await createResultStore(database).saveResult(
    { message, epoch: 0 },
    { ...stored, status, vision },
    1,
  );
  return { job_id, user_id };
}

const save = (userId: string, job_id: string, note: string | null = null) =>
  createFeedbackStore(database).saveFeedback(userId, {
    ...{ job_id, verdict: "wrong", category: "유리병", note },
  });
const rowsOf = (jobId: string) =>
  sql`select verdict, category, note from scan.feedback where job_id = ${jobId}`;

test("of an owner's completed scan the last feedback is kept, however many come at once", async () => {
  const { job_id, user_id } = await scanOf("completed");
  const saved = await Promise.all(["a", "b", "c"].map((note) => save(user_id, job_id, note)));
  expect(saved.toSorted()).toEqual(["first", "replaced", "replaced"]);
  expect(await save(user_id, job_id, "d")).toBe("replaced");
  expect([...(await rowsOf(job_id))]).toEqual([
    { verdict: "wrong", category: "유리병", note: "d" },
  ]);
});

test("nothing is kept of another user's scan, of a failed one, and of none", async () => {
  const [own, failed] = [await scanOf("completed"), await scanOf("failed")];
  expect(await save("stranger", own.job_id)).toBeUndefined();
  expect(await save(failed.user_id, failed.job_id)).toBeUndefined();
  expect(await save(own.user_id, crypto.randomUUID())).toBeUndefined();
  expect([...(await rowsOf(own.job_id)), ...(await rowsOf(failed.job_id))]).toEqual([]);
});

test("a scan that is deleted takes its feedback along, also what is given meanwhile", async () => {
  const { job_id, user_id } = await scanOf("completed");
  await save(user_id, job_id);
  const late = Promise.withResolvers<string | undefined>();
  await sql.begin(async (tx) => {
    await tx`delete from scan.scans where job_id = ${job_id}`;
    save(user_id, job_id, "late").then(late.resolve, late.reject);
    await until(async () => {
      const [waiting] = await sql`select count(*)::int as count from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%scan"."feedback"%'`;
      return waiting?.count > 0;
    });
  });
  expect(await late.promise).toBeUndefined();
  expect([...(await rowsOf(job_id))]).toEqual([]);
});
