import { beforeEach, describe, expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import { AdaptiveConcurrency, type Permit } from "./adaptive-concurrency.ts";

describe("an adaptive concurrency limit", () => {
  const never = new AbortController().signal;
  let nowMs: number;
  beforeEach(() => {
    nowMs = 1_000_000;
  });
  const create = (callsMax: number, permitWaitMsMax = 5) =>
    new AdaptiveConcurrency({ clock: { now: () => nowMs }, callsMax, permitWaitMsMax });
  const acquire = (limiter: AdaptiveConcurrency, calls: number): Promise<Permit[]> =>
    Promise.all(Array.from({ length: calls }, () => limiter.acquire(never)));
  const rejection = (work: Promise<unknown>) =>
    work.then(
      () => expect.unreachable(),
      (error: unknown) => error,
    );

  test("is halved once by a burst of refusals, and again by one that came after", async () => {
    const limiter = create(16);
    const burst = await acquire(limiter, 16);
    for (const permit of burst) permit.limited(0);
    expect(limiter.limit).toBe(8);
    for (const permit of burst) permit.release();
    const [next] = await acquire(limiter, 1);
    next?.limited(0);
    expect(limiter.limit).toBe(4);
  });

  test("is decreased from what was used of it, unless that is too little to tell", async () => {
    const [busy, quiet] = [create(1_024), create(1_024)];
    const many = await acquire(busy, 200);
    for (const permit of many.slice(1)) permit.release();
    many[0]?.limited(0);
    expect(busy.limit).toBe(100);
    const [only] = await acquire(quiet, 1);
    only?.limited(0);
    expect(quiet.limit).toBe(32);
  });

  test("never falls below one and never rises above its cap", async () => {
    const limiter = create(8);
    for (let i = 0; i < 10; i++) {
      const [permit] = await acquire(limiter, 1);
      permit?.limited(0);
      permit?.release();
    }
    expect(limiter.limit).toBe(1);
    for (let i = 0; i < 100; i++) {
      const [permit] = await acquire(limiter, 1);
      permit?.succeeded();
      permit?.release();
    }
    expect(limiter.limit).toBe(8);
  });

  test.each([
    { callsMax: 100, halved: 50, afterRound: 55 },
    { callsMax: 8, halved: 4, afterRound: 5 },
  ])(
    "increases by a permit with each round that went well, by a tenth above ten",
    async (given) => {
      const { callsMax, halved, afterRound } = given;
      const limiter = create(callsMax);
      const all = await acquire(limiter, callsMax);
      all[0]?.limited(0);
      for (const permit of all) permit.release();
      expect(limiter.limit).toBe(halved);
      // The first increases the limit, so that a round is a little shorter than the next limit.
      for (const permit of await acquire(limiter, halved)) {
        permit.succeeded();
        permit.release();
      }
      const [last] = await acquire(limiter, 1);
      last?.succeeded();
      expect(limiter.limit).toBe(afterRound);
    },
  );

  test("gives no more permits than its limit, and a free one to the call that waited longest", async () => {
    const limiter = create(2, 1_000);
    const [one, two] = await acquire(limiter, 2);
    const order: string[] = [];
    const third = limiter.acquire(never);
    const fourth = limiter.acquire(never);
    void third.then(() => order.push("third"));
    void fourth.then(() => order.push("fourth"));
    await Promise.resolve();
    expect(order).toEqual([]);
    one?.release();
    const permit = await third;
    await Promise.resolve();
    expect(order).toEqual(["third"]);
    permit.release();
    (await fourth).release();
    expect(order).toEqual(["third", "fourth"]);
    two?.release();
  });

  test("refuses a call that found no permit in time, and loses no permit by it", async () => {
    const limiter = create(1);
    const [held] = await acquire(limiter, 1);
    expect(await rejection(limiter.acquire(never))).toMatchObject({ code: "MODEL_RATE_LIMITED" });
    const caller = new AbortController();
    const waiting = limiter.acquire(caller.signal);
    caller.abort(new Fault("TASK_TIMEOUT"));
    held?.release();
    expect(await rejection(waiting)).toBe(caller.signal.reason);
    const [next] = await acquire(limiter, 1);
    next?.release();
  });

  test("backs off as long as advised, and refuses calls that wait and calls that come", async () => {
    const limiter = create(4, 60_000);
    const permits = await acquire(limiter, 4);
    const waiting = rejection(limiter.acquire(never));
    permits[0]?.limited(7_000);
    expect(await waiting).toMatchObject({ code: "MODEL_RATE_LIMITED", retryAfterMs: 7_000 });
    for (const permit of permits) permit.release();
    nowMs += 2_000;
    expect(limiter.capacity).toBe(0);
    expect(await rejection(limiter.acquire(never))).toMatchObject({ retryAfterMs: 5_000 });
    nowMs = limiter.backoffUntil;
    expect(limiter.capacity).toBe(2);
    await acquire(limiter, 2);
  });

  test("backs off at most a minute, whatever is advised", async () => {
    const limiter = create(4);
    const [permit] = await acquire(limiter, 1);
    permit?.limited(3_600_000);
    expect(limiter.backoffUntil - nowMs).toBe(60_000);
  });
});
