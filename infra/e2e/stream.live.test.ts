import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { EventSource } from "eventsource";
import { STAGES } from "#lib/scan/stage.ts";
import { petAnswer, petVision } from "#lib/testing/pet-bottle.ts";
import { startTcpProxy, type TcpProxy } from "#lib/testing/tcp-proxy.ts";
import { until } from "#lib/testing/until.ts";
import { type Harness, startHarness, uploadPhoto } from "./harness.ts";

describe("a browser's EventSource", () => {
  let eco2: Harness;
  let proxy: TcpProxy;

  beforeAll(async () => {
    eco2 = await startHarness();
    proxy = startTcpProxy(eco2.origin);
  }, 60_000);
  beforeEach(() => {
    eco2.model.reset();
    eco2.model.always("vision", petVision);
    eco2.model.always("answer", petAnswer);
  });
  afterAll(async () => {
    proxy?.stop();
    await eco2?.stop();
  });

  const allSeqs = [0, 10, 11, 21, 30, 31, 41, 51];

  /** Follows through the proxy; reconnecting and resuming is left to the EventSource alone. */
  function follow(streamUrl: string, userId: string) {
    const seqs: number[] = [];
    const ids: string[] = [];
    const source = new EventSource(new URL(streamUrl, proxy.url), {
      fetch: (input, init) =>
        fetch(input, { ...init, headers: { ...init.headers, "x-user-id": userId } }),
    });
    for (const stage of [...STAGES, "failed"]) {
      source.addEventListener(stage, (event) => {
        seqs.push(JSON.parse(event.data).seq);
        ids.push(event.lastEventId);
      });
    }
    return { source, seqs, ids };
  }

  test("that is cut off in the middle sees each event once, in order", async () => {
    eco2.model.next("vision", { ...petVision, delayMs: 500 });
    eco2.model.next("answer", { ...petAnswer, delayMs: 3_000 });
    const { id, api } = eco2.newUser();
    const job = await api.submit(await uploadPhoto(api), "");
    const { source, seqs, ids } = follow(job.stream_url, id);
    await until(() => seqs.includes(10));
    const before = proxy.accepted;
    proxy.reset();
    // Events are written while no client is connected; the EventSource reconnects by itself.
    await until(() => proxy.accepted > before, { timeoutMs: 15_000 });
    await until(() => seqs.includes(30), { timeoutMs: 15_000 });
    proxy.reset();
    await until(() => seqs.includes(51), { timeoutMs: 20_000 });
    source.close();
    expect(seqs).toEqual(allSeqs);
    expect(ids).toEqual(allSeqs.map(String));
  }, 60_000);

  test("that comes after the end sees everything, then stops reconnecting", async () => {
    const { id, api } = eco2.newUser();
    const job = await api.submit(await uploadPhoto(api), "");
    await api.follow(job.stream_url, () => undefined);
    const { source, seqs } = follow(job.stream_url, id);
    // The stream ends, the EventSource reconnects, and 204 tells it that this was all.
    await until(() => source.readyState === source.CLOSED, { timeoutMs: 15_000 });
    expect(seqs).toEqual(allSeqs);
  }, 30_000);

  test("gets a failure as `failed`, and nothing after it", async () => {
    eco2.model.next("vision", { refusal: "no" });
    const { id, api } = eco2.newUser();
    const job = await api.submit(await uploadPhoto(api), "");
    const { source, seqs } = follow(job.stream_url, id);
    await until(() => source.readyState === source.CLOSED, { timeoutMs: 15_000 });
    expect(seqs).toEqual([0, 10, 12, 52]);
  }, 30_000);

  test("may resume by query where it cannot send headers", async () => {
    const { id, api } = eco2.newUser();
    const job = await api.submit(await uploadPhoto(api), "");
    await api.follow(job.stream_url, () => undefined);
    for (const path of [
      `${job.stream_url}&last_event_id=21`,
      `/api/v1/scan/${job.job_id}/events?last_event_id=21`,
    ]) {
      const text = await (await fetch(eco2.origin + path, { headers: { "x-user-id": id } })).text();
      expect([...text.matchAll(/^id: (\d+)$/gm)].map(([, seq]) => Number(seq))).toEqual([
        30, 31, 41, 51,
      ]);
    }
  });
});
