import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { petVision } from "#lib/testing/pet-bottle.ts";
import { checkedFetch } from "../harness/document-check.ts";
import { type Harness, startHarness, uploadPhoto } from "./harness.ts";

/** Nothing is set: what every deployment has that has not been told otherwise. */
describe("by default one user cannot", () => {
  let eco2: Harness;
  beforeAll(async () => {
    eco2 = await startHarness();
  }, 60_000);
  afterAll(() => eco2?.stop());

  /** Sends requests one after the other until one is refused. */
  async function untilRefused(timesMax: number, send: (i: number) => Promise<Response>) {
    for (let i = 1; i <= timesMax; i++) {
      const response = await send(i);
      if (response.status !== 429) {
        expect(response.ok).toBe(true);
        continue;
      }
      const { code } = await response.json();
      const { headers } = response;
      const shown = ["ratelimit", "ratelimit-policy", "retry-after"].map((name) =>
        headers.has(name),
      );
      return { times: i - 1, code, shown };
    }
    throw new Error(`nothing was refused in ${timesMax} times`);
  }
  const all = [true, true, true];
  const json = (userId: string) => ({ "x-user-id": userId, "content-type": "application/json" });

  // Before the others, whose scans run on and would take the reply that keeps this one open.
  test("open event streams without end", async () => {
    const { id, api } = eco2.newUser();
    eco2.model.next("vision", { ...petVision, delayMs: 60_000 });
    const job = await api.submit(await uploadPhoto(api), "");
    const open = new AbortController();
    // A response that nobody holds is collected, and its connection ends.
    const held: Response[] = [];
    const refused = await untilRefused(51, async () => {
      const options = { headers: { "x-user-id": id }, signal: open.signal };
      const response = await checkedFetch(eco2.origin + job.stream_url, options);
      held.push(response);
      return response;
    });
    open.abort();
    expect(held).toHaveLength(51);
    expect(refused).toEqual({ times: 50, code: "TOO_MANY_STREAMS", shown: all });
    const headers = { "x-user-id": id };
    await checkedFetch(`${eco2.origin}/api/v1/scan/${job.job_id}`, { method: "DELETE", headers });
  }, 60_000);

  test("submit without end, and the replay of a submit stays free", async () => {
    const { id, api } = eco2.newUser();
    const body = JSON.stringify({ image_url: await uploadPhoto(api) });
    const submit = (key: string) =>
      checkedFetch(`${eco2.origin}/api/v1/scan`, {
        method: "POST",
        headers: { ...json(id), "x-idempotency-key": key },
        body,
      });
    const refused = await untilRefused(121, (i) => submit(`key-${i}`));
    // The minute may have turned meanwhile.
    expect(refused).toEqual({ times: expect.any(Number), code: "RATE_LIMITED", shown: all });
    expect(refused.times).toBeGreaterThanOrEqual(60);
    for (let i = 0; i < 10; i++) expect((await submit("key-1")).status).toBe(202);
  }, 60_000);

  test("begin uploads without end, confirmed or not", async () => {
    const { id } = eco2.newUser();
    const body = JSON.stringify({ content_type: "image/jpeg", size: 1_000 });
    const refused = await untilRefused(1_001, () =>
      checkedFetch(`${eco2.origin}/api/v1/images/scan`, {
        method: "POST",
        headers: json(id),
        body,
      }),
    );
    expect(refused).toEqual({ times: expect.any(Number), code: "TOO_MANY_UPLOADS", shown: all });
    expect(refused.times).toBeGreaterThanOrEqual(500);
  }, 60_000);
});
