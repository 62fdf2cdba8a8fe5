import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { Redis } from "ioredis";
import postgres from "postgres";
import { scanBytesMax } from "#lib/contract/scan-limits.ts";
import { petAnswer, petVision } from "#lib/testing/pet-bottle.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { untraced } from "#lib/testing/untraced.ts";
import { type Harness, scan, startHarness, uploadPhoto } from "./harness.ts";

describe("a scan", () => {
  let eco2: Harness;
  const sql = postgres(serviceUrls.DATABASE_URL, { max: 2, onnotice: () => undefined });
  const redis = new Redis(serviceUrls.REDIS_URL);

  beforeAll(async () => {
    eco2 = await startHarness();
  }, 60_000);
  beforeEach(() => {
    eco2.model.reset();
    eco2.model.always("vision", petVision);
    eco2.model.always("answer", petAnswer);
  });
  afterAll(async () => {
    await eco2?.stop();
    await sql.end();
    redis.disconnect();
  });

  const ownerships = (userId: string) =>
    sql`select character_code, job_id from character.character_ownerships where user_id = ${userId}`;
  const collection = (userId: string) =>
    sql`select character_code, character_name from users.user_characters where user_id = ${userId}`;

  test("goes from photo to answer with every stage in order, and its result is readable", async () => {
    const { api } = eco2.newUser();
    const { job_id, events, result } = await scan(api, "이거 어떻게 버려요?");
    expect(events.map(({ stage, status, seq }) => `${seq} ${stage} ${status}`)).toEqual([
      "0 queued started",
      "10 vision started",
      "11 vision completed",
      "21 rule completed",
      "30 answer started",
      "31 answer completed",
      "41 reward completed",
      "51 done completed",
    ]);
    expect(events.map(({ progress }) => progress)).toEqual([0, 0, 25, 50, 50, 75, 100, 100]);
    expect(result).toMatchObject({ task_id: job_id, status: "completed", error: null });
    expect(result.pipeline_result?.classification_result.meta).toEqual({
      user_input: "이거 어떻게 버려요?",
      model: "gpt-5.2",
      model_version: expect.stringMatching(/^[0-9a-f]{12}$/),
      items_version: expect.stringMatching(/^[0-9a-f]{12}$/),
      estimate: false,
    });
    expect(result.pipeline_result?.disposal_rules?.이름).toBe("무색페트병");
    expect(result.pipeline_result?.final_answer).toEqual(petAnswer.content);
  });

  test("earns its character once, with a row in both tables, and says so the second time", async () => {
    const { id, api } = eco2.newUser();
    const first = await scan(api);
    expect(first.result.reward).toMatchObject({
      received: true,
      already_owned: false,
      character_code: "char-petty",
      name: "페티",
      match_reason: "무색페트병",
    });
    const second = await scan(api);
    expect(second.result.reward).toMatchObject({ received: false, already_owned: true });
    await until(async () => (await collection(id)).length === 1);
    await until(async () => (await ownerships(id)).length === 1);
    expect(await ownerships(id)).toMatchObject([
      { character_code: "char-petty", job_id: first.job_id },
    ]);
    expect(await collection(id)).toMatchObject([{ character_name: "페티" }]);
  });

  test("earns its character once when ten run at the same time", async () => {
    const { id, api } = eco2.newUser();
    const scans = await Promise.all(Array.from({ length: 10 }, () => scan(api)));
    const received = scans.filter(({ result }) => result.reward?.received);
    expect(received).toHaveLength(1);
    expect(scans.filter(({ result }) => result.reward?.already_owned)).toHaveLength(9);
    await until(async () => (await ownerships(id)).length === 1);
    expect(await ownerships(id)).toMatchObject([{ job_id: received[0]?.job_id }]);
  });

  test("earns nothing while something is left to do", async () => {
    const todo = { ...petAnswer.content, insufficiencies: ["라벨을 떼어 주세요."] };
    eco2.model.always("answer", { content: todo });
    const { result } = await scan(eco2.newUser().api);
    expect(result.reward).toBeNull();
  });

  test("without a regulation gets the fallback, and no second model call is paid", async () => {
    const classification = {
      major_category: "미분류",
      middle_category: null,
      minor_category: "돌하르방",
    };
    eco2.model.always("vision", { content: { classification, situation_tags: [] } });
    const { result } = await scan(eco2.newUser().api);
    expect(eco2.model.counts).toEqual({ vision: 1, answer: 0 });
    expect(result.pipeline_result?.disposal_rules).toBeNull();
    expect(result.pipeline_result?.final_answer.user_answer).toContain("돌하르방");
  });

  test("that a model refuses ends in one failed event and a failed result", async () => {
    eco2.model.always("vision", { refusal: "no" });
    const { api } = eco2.newUser();
    const { events, result } = await scan(api);
    expect(events.map(({ seq }) => seq)).toEqual([0, 10, 12, 52]);
    expect(events.at(-1)).toMatchObject({
      stage: "done",
      status: "failed",
      result: { code: "MODEL_REFUSED" },
    });
    expect(result).toMatchObject({ status: "failed", error: { code: "MODEL_REFUSED" } });
  });

  test("survives a model that is away for a moment, and pays vision only once", async () => {
    eco2.model.next("answer", { status: 503 });
    const { result } = await scan(eco2.newUser().api);
    expect(result.status).toBe("completed");
    expect(eco2.model.counts).toEqual({ vision: 1, answer: 2 });
  });

  test("is its owner's only: to others stream and result respond like those of an unknown job", async () => {
    const { job_id } = await scan(eco2.newUser().api);
    const stranger = { headers: { "x-user-id": eco2.newUser().id } };
    const unknown = crypto.randomUUID();
    for (const path of ["stream?job_id=ID", "scan/ID/events", "scan/result/ID", "scan/ID/result"]) {
      const url = (id: string) => `${eco2.origin}/api/v1/${path.replace("ID", id)}`;
      const others = await fetch(url(job_id), stranger);
      const none = await fetch(url(unknown), stranger);
      expect([path, others.status]).toEqual([path, 404]);
      expect(await untraced(others)).toEqual(await untraced(none));
      expect((await fetch(url(job_id))).status).toBe(401);
    }
  });

  test("keeps its result and its end when Redis has forgotten it", async () => {
    const { id, api } = eco2.newUser();
    const { job_id, result_url, stream_url, result } = await scan(api);
    const keys = await redis.keys(`scan:*:${job_id}*`);
    await redis.del(...keys);
    expect(await api.result(result_url)).toEqual(result);
    const seqs: number[] = [];
    await api.follow(stream_url, (event) => seqs.push(event.seq));
    expect(seqs).toEqual([51]);
    const headers = { "x-user-id": id, "last-event-id": "51" };
    expect((await fetch(eco2.origin + stream_url, { headers })).status).toBe(204);
  });

  test("leaves at most 2 KB in Redis, its question included, and no checkpoint", async () => {
    const question = "이 페트병은 라벨을 다 뗐는데 뚜껑은 어떻게 해야 하나요?";
    const { job_id } = await scan(eco2.newUser().api, question);
    const keys = await redis.keys(`scan:*:${job_id}*`);
    expect(keys.sort()).toEqual(
      [`scan:replay:${job_id}`, `scan:result:${job_id}`, `scan:state:${job_id}`].sort(),
    );
    const sizes = await Promise.all(keys.map((key) => redis.memory("USAGE", key)));
    const bytes = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
    expect(bytes).toBeLessThanOrEqual(scanBytesMax);
    for (const key of keys) expect(await redis.ttl(key)).toBeGreaterThan(3_000);
  });

  test("reports its progress while it runs, at both of its paths", async () => {
    eco2.model.next("vision", { ...petVision, delayMs: 1_000 });
    const { id, api } = eco2.newUser();
    const arrival = eco2.model.arrival("vision");
    const job = await api.submit(await uploadPhoto(api), "");
    await arrival;
    const headers = { "x-user-id": id };
    for (const path of [`scan/result/${job.job_id}`, `scan/${job.job_id}/result`]) {
      const response = await fetch(`${eco2.origin}/api/v1/${path}`, { headers });
      expect(response.status).toBe(202);
      expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(await response.json()).toEqual({
        status: "processing",
        current_stage: "vision",
        progress: 0,
      });
    }
    await api.follow(job.stream_url, () => undefined);
  });

  test("stands in the user's history, newest first, page by page", async () => {
    const { id, api } = eco2.newUser();
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.unshift((await scan(api)).job_id);
    const get = async (query: string) =>
      (await fetch(`${eco2.origin}/api/v1/scan?${query}`, { headers: { "x-user-id": id } })).json();
    const first = await get("limit=2");
    expect(first.items.map((item: { job_id: string }) => item.job_id)).toEqual(ids.slice(0, 2));
    const second = await get(`limit=2&cursor=${first.next_cursor}`);
    expect(second.items.map((item: { job_id: string }) => item.job_id)).toEqual(ids.slice(2));
    expect(second.next_cursor).toBeNull();
    expect(first.items[0]).toMatchObject({ middle_category: "무색페트병", status: "completed" });
  });

  describe("with an idempotency key", () => {
    const submit = async (userId: string, key: string, image_url: string, user_input = "") =>
      fetch(`${eco2.origin}/api/v1/scan`, {
        method: "POST",
        headers: {
          "x-user-id": userId,
          "content-type": "application/json",
          "x-idempotency-key": key,
        },
        body: JSON.stringify({ image_url, user_input }),
      });

    test("is one job however often it is sent at once", async () => {
      const { id, api } = eco2.newUser();
      const image = await uploadPhoto(api);
      const responses = await Promise.all(
        Array.from({ length: 50 }, () => submit(id, "same", image)),
      );
      expect(
        new Set(responses.map(({ status }) => status)).difference(new Set([202, 409])),
      ).toEqual(new Set());
      const accepted = responses.filter(({ status }) => status === 202);
      const bodies = await Promise.all(accepted.map((response) => response.json()));
      expect(new Set(bodies.map(({ job_id }) => job_id)).size).toBe(1);
      expect(accepted.filter(({ headers }) => !headers.has("idempotency-replayed"))).toHaveLength(
        1,
      );
      const replay = await submit(id, "same", image);
      expect(replay.headers.get("idempotency-replayed")).toBe("true");
      expect(await replay.json()).toEqual(bodies[0]);
      await api.follow(bodies[0].stream_url, () => undefined);
      expect(eco2.model.counts.vision).toBe(1);
    });

    test("refuses the same key with another body, and keeps users apart", async () => {
      const { id, api } = eco2.newUser();
      const image = await uploadPhoto(api);
      const first = await (await submit(id, "k", image)).json();
      const other = await submit(id, "k", image, "다른 질문");
      expect([other.status, (await other.json()).code]).toEqual([422, "IDEMPOTENCY_MISMATCH"]);
      const somebody = await submit(eco2.newUser().id, "k", image);
      expect(somebody.status).toBe(202);
      expect((await somebody.json()).job_id).not.toBe(first.job_id);
    });
  });
});
