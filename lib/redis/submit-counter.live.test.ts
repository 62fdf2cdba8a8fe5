import { afterAll, describe, expect, test } from "bun:test";
import { Redis } from "ioredis";
import { admitSubmit } from "#lib/contract/admit-submit.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { createSubmitCounter } from "./submit-counter.ts";

describe("submits a minute", () => {
  const redis = new Redis(serviceUrls.REDIS_URL);
  afterAll(() => redis.disconnect());

  // A minute of its own, so that no other run shares the global counter.
  const minute = Math.floor(Math.random() * 1e9) * 60_000;
  const user = () => `user-${crypto.randomUUID()}`;

  test("are limited per user under any concurrency, and start anew with the next minute", async () => {
    let now = minute + 15_000;
    const countSubmit = createSubmitCounter(redis, { now: () => now }, { perUser: 5, overall: 0 });
    const id = user();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 40 }, () => admitSubmit({ countSubmit }, id)),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
    const refused = outcomes.find((one) => one.status === "rejected");
    expect(refused?.reason).toMatchObject({
      code: "RATE_LIMITED",
      retryAfterMs: 45_000,
      quota: { name: "submits", limit: 5, remaining: 0, windowS: 60, resetS: 45 },
    });
    expect(await admitSubmit({ countSubmit }, user())).toMatchObject({ limit: 5, remaining: 4 });
    now += 60_000;
    expect(await admitSubmit({ countSubmit }, id)).toMatchObject({ remaining: 4, resetS: 45 });
  });

  test("are limited overall, and what one user is refused takes nothing from the others", async () => {
    const clock = { now: () => minute + 600_000 };
    const countSubmit = createSubmitCounter(redis, clock, { perUser: 2, overall: 3 });
    const greedy = user();
    const admit = (id: string) =>
      admitSubmit({ countSubmit }, id).then(
        () => "ok",
        (error) => error.code,
      );
    expect(await Promise.all([greedy, greedy, greedy, greedy].map(admit))).toEqual([
      "ok",
      "ok",
      "RATE_LIMITED",
      "RATE_LIMITED",
    ]);
    expect([await admit(user()), await admit(user())]).toEqual(["ok", "OVERLOADED"]);
  });
});
