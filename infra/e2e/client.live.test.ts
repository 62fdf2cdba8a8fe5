import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { createClient } from "#lib/client/create-client.ts";
import { Eco2Error } from "#lib/client/eco2-error.ts";
import { petAnswer, petVision } from "#lib/testing/pet-bottle.ts";
import { jpegPhoto } from "#lib/testing/photos.ts";
import { checkedFetch, eventProblems } from "../harness/document-check.ts";
import { type Harness, startHarness } from "./harness.ts";

describe("the client", () => {
  let eco2: Harness;

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
  });

  const signedIn = async () => {
    const client = createClient({ baseUrl: eco2.origin, fetch: checkedFetch });
    await client.signIn("dev", { loginHint: `user-${crypto.randomUUID()}` });
    return client;
  };

  test("signs in, scans a photo, follows it to its end and reads its result", async () => {
    const client = await signedIn();
    const scan = await client.scan(new Blob([await jpegPhoto(64, 64)]), "이거 어떻게 버려요?");
    const events = await Array.fromAsync(scan.events);
    expect(events.map(({ event, seq }) => `${seq} ${event}`)).toEqual([
      ...["0 queued", "10 vision", "11 vision", "21 rule"],
      ...["30 answer", "31 answer", "41 reward", "51 done"],
    ]);
    const undescribed = events.flatMap(({ event: _, ...data }) => {
      return eventProblems("ScanStreamEvent", data);
    });
    expect(undescribed).toEqual([]);
    const result = await scan.result();
    expect(result.pipeline_result?.disposal_rules?.이름).toBe("무색페트병");
    const again = await client.scan(scan.imageUrl, "", { idempotencyKey: "again" });
    expect((await again.result()).status).toBe("completed");
  }, 30_000);

  test("asks in a chat, whose events are those the document has", async () => {
    const client = await signedIn();
    const first = await client.chat("투명 페트병 라벨 떼야 하나요?");
    const events = await Array.fromAsync(first.events);
    const undescribed = events.flatMap(({ event: _, ...data }) => {
      return eventProblems("ChatStreamEvent", data);
    });
    expect([events.at(-1)?.event, undescribed]).toEqual(["done", []]);
    const second = await client.chat("뚜껑은요?", { chatId: first.chatId });
    expect(second.chatId).toBe(first.chatId);
    await Array.fromAsync(second.events);
  }, 30_000);

  test("is told of a failure as an event, which the document has", async () => {
    eco2.model.always("vision", { refusal: "no" });
    const client = await signedIn();
    const scan = await client.scan(new Blob([await jpegPhoto(64, 64)]));
    const last = (await Array.fromAsync(scan.events)).at(-1);
    expect(last?.event).toBe("failed");
    const { event: _, ...data } = last ?? { event: "" };
    expect(eventProblems("ScanStreamEvent", data)).toEqual([]);
    expect((await scan.result()).status).toBe("failed");
  }, 30_000);

  test("of two clients each sees its own scans, until it signs out", async () => {
    const [owner, stranger] = await Promise.all([signedIn(), signedIn()]);
    const scan = await owner.scan(new Blob([await jpegPhoto(64, 64)], { type: "image/jpeg" }));
    const error = await stranger.result(scan.jobId).catch((reason: unknown) => reason);
    expect(error instanceof Eco2Error && [error.status, error.code]).toEqual([
      404,
      "JOB_NOT_FOUND",
    ]);
    await owner.signOut();
    const { error: refused } = await owner.api.GET("/api/v1/users/me");
    expect(refused?.code).toBe("UNAUTHENTICATED");
  }, 30_000);

  test("refreshes a session whose access token is gone", async () => {
    const requests: string[] = [];
    const client = createClient({
      baseUrl: eco2.origin,
      fetch: (request) => {
        requests.push(`${request.method} ${new URL(request.url).pathname}`);
        const isFirst = requests.filter((one) => one.endsWith("/users/me")).length === 1;
        if (isFirst && request.url.endsWith("/users/me")) request.headers.delete("cookie");
        return fetch(request);
      },
    });
    await client.signIn("dev", { loginHint: `user-${crypto.randomUUID()}` });
    requests.length = 0;
    const { data } = await client.api.GET("/api/v1/users/me");
    expect(data?.id).toBeString();
    expect(requests).toEqual([
      "GET /api/v1/users/me",
      "POST /api/v1/auth/refresh",
      "GET /api/v1/users/me",
    ]);
  });
});
