import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import postgres from "postgres";
import { migrate } from "#lib/db/migrate.ts";
import { serviceUrls } from "#lib/testing/services.ts";

describe("eco2-operator feedback export", () => {
  const sql = postgres(serviceUrls.DATABASE_URL, { max: 1, onnotice: () => undefined });
  const user = `user-${crypto.randomUUID()}`;
  /** In words of this run alone: other tests' feedback is in the same table. */
  const mark = crypto.randomUUID().replaceAll(/[\d-]/g, "x");
  const jobs: string[] = [];

  async function given(said: string, verdict: string, category: string | null, on: string) {
    const job_id = Bun.randomUUIDv7();
    jobs.push(job_id);
    const result = { status: "completed", vision: { classification: { middle_category: "종이" } } };
    await sql`insert into scan.scans (job_id, user_id, status, model, image_url, user_input, result,
        submitted_at, finished_at)
      values (${job_id}, ${user}, 'completed', 'local', ${`https://images.test/${job_id}.jpg`}, ${said},
        ${sql.json(result)}, now(), now())`;
    await sql`insert into scan.feedback (job_id, verdict, category, note, updated_at)
      values (${job_id}, ${verdict}, ${category}, ${`${mark} me@example.com`}, ${on})`;
  }
  beforeAll(async () => {
    await migrate(serviceUrls.DATABASE_URL);
    await given(`우유팩 ${mark} 010-1234-5678`, "wrong", "종이팩", "2026-03-02");
    await given(`신문 ${mark}`, "right", null, "2026-03-01");
  }, 30_000);
  afterAll(async () => {
    await sql`delete from scan.scans where user_id = ${user}`;
    await sql.end();
  });

  async function feedback(line: string) {
    const command = [
      process.execPath,
      `${import.meta.dir}/main.ts`,
      "feedback",
      ...line.split(" "),
    ];
    const env = { PATH: process.env.PATH, DATABASE_URL: serviceUrls.DATABASE_URL };
    const child = Bun.spawn(command, { env, stdout: "pipe", stderr: "pipe" });
    const [out, err] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    return { out, err, code: await child.exited };
  }
  const ours = (out: string) =>
    JSON.parse(out).filter(({ say }: { say: string }) => say.includes(mark));

  test("gives cases of the evaluation, and nothing of who said it", async () => {
    const { out, err, code } = await feedback("export --json");
    expect([code, err]).toEqual([0, expect.stringMatching(/^\d+ cases, \d+ without words/)]);
    const common = { source: "feedback · kind feedback", reviewed: false, answered: "종이" };
    expect(ours(out)).toEqual([
      { say: `신문 ${mark}`, accept: ["종이"], ...common, note: mark },
      { say: `우유팩 ${mark}`, accept: ["종이팩"], ...common, note: mark },
    ]);
    for (const personal of [user, ...jobs, "images.test", "1234", "example.com"]) {
      expect(out).not.toContain(personal);
    }
  }, 30_000);

  test("since a day, and as a table", async () => {
    const { out } = await feedback("export --since 2026-03-02");
    expect(out).toMatch(new RegExp(`^종이 +종이팩 +우유팩 ${mark} +${mark}$`, "m"));
    expect(out).not.toContain("신문");
  }, 30_000);
});
