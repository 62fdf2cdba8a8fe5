import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import postgres from "postgres";
import { serviceUrls } from "#lib/testing/services.ts";
import { type Harness, scan, startHarness } from "./harness.ts";

describe("feedback on a scan", () => {
  const sql = postgres(serviceUrls.DATABASE_URL, { max: 1, onnotice: () => undefined });
  let eco2: Harness;
  beforeAll(async () => {
    eco2 = await startHarness({ SUBMITS_PER_MINUTE_PER_USER: "3" });
  }, 60_000);
  beforeEach(() => eco2.model.reset());
  afterAll(async () => {
    await eco2?.stop();
    await sql.end();
  });

  async function say(userId: string, jobId: string, body: unknown) {
    const response = await fetch(`${eco2.origin}/api/v1/scan/${jobId}/feedback`, {
      method: "POST",
      headers: { "x-user-id": userId, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const json = await response.json();
    return [response.status, json.code ?? json.verdict];
  }
  const rowsOf = (jobId: string) => sql`select verdict from scan.feedback where job_id = ${jobId}`;

  test("is the owner's, replaces itself, takes nothing of the submits, and goes with the account", async () => {
    const { id, api } = eco2.newUser();
    const { job_id } = await scan(api);
    expect(await say(id, job_id, { verdict: "wrong", category: "유리병" })).toEqual([201, "wrong"]);
    expect(await say(id, job_id, { verdict: "right" })).toEqual([200, "right"]);
    expect(await say("somebody-else", job_id, { verdict: "wrong" })).toEqual([
      404,
      "JOB_NOT_FOUND",
    ]);
    expect([...(await rowsOf(job_id))]).toEqual([{ verdict: "right" }]);
    expect(await say(id, job_id, { verdict: "right" })).toEqual([200, "right"]);
    expect(await say(id, job_id, { verdict: "right" })).toEqual([429, "RATE_LIMITED"]);
    await scan(api);

    const headers = { "x-user-id": id };
    const gone = await fetch(`${eco2.origin}/api/v1/users/me`, { method: "DELETE", headers });
    expect([gone.status, [...(await rowsOf(job_id))]]).toEqual([204, []]);
  });

  test("a scan that failed has none", async () => {
    const { id, api } = eco2.newUser();
    eco2.model.next("vision", { refusal: "no" });
    const { job_id, result } = await scan(api);
    expect(result.status).toBe("failed");
    expect(await say(id, job_id, { verdict: "wrong" })).toEqual([409, "SCAN_NOT_COMPLETED"]);
  });
});
