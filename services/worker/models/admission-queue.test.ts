import { describe, expect, test } from "bun:test";
import { systemClock } from "#lib/clock/clock.ts";
import { Fault } from "#lib/error/fault.ts";
import { AdaptiveRate } from "./adaptive-rate.ts";
import { AdmissionQueue } from "./admission-queue.ts";

describe("an admission queue", () => {
  const never = new AbortController().signal;
  const create = (waitMsMax?: number) => {
    const rate = new AdaptiveRate();
    const options = waitMsMax === undefined ? {} : { waitMsMax };
    return new AdmissionQueue({ clock: systemClock, rate, costOf: () => 1, ...options });
  };
  const rejection = (work: Promise<unknown>) =>
    work.then(
      () => expect.unreachable(),
      (error: unknown) => error,
    );

  test("admits in the order of arrival, at the pace of its rate", async () => {
    const queue = create();
    const order: number[] = [];
    const begun = performance.now();
    await Promise.all(
      Array.from({ length: 12 }, (_, i) => queue.enter("u", never).then(() => order.push(i))),
    );
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(performance.now() - begun).toBeGreaterThan(80);
  });

  test("admits a user who is light before those who wait for one who floods", async () => {
    const queue = create();
    const order: string[] = [];
    const enter = (user: string) => queue.enter(user, never).then(() => order.push(user));
    const flood = Array.from({ length: 30 }, () => enter("flood"));
    await Promise.all([enter("light"), ...flood]);
    // Of the flood some were admitted before, and one comes first.
    expect(order.indexOf("light")).toBeLessThan(6);
  });

  test("refuses a call whose place is not due in time", async () => {
    const queue = create(20);
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => queue.enter("u", never)));
    const refused = all.filter(({ status }) => status === "rejected");
    expect(refused.length).toBeWithin(5, 19);
    for (const one of refused) {
      if (one.status === "rejected")
        expect(one.reason).toMatchObject({ code: "MODEL_RATE_LIMITED" });
    }
  });

  test("a call that is aborted leaves the queue with its caller's reason", async () => {
    const queue = create();
    const caller = new AbortController();
    const all = Array.from({ length: 5 }, () => queue.enter("u", never));
    const waiting = queue.enter("u", caller.signal);
    caller.abort(new Fault("TASK_TIMEOUT"));
    expect(await rejection(waiting)).toBe(caller.signal.reason);
    await Promise.all(all);
  });

  test("waits out a short pause, and refuses all calls in a long one", async () => {
    const queue = create(200);
    queue.pause(50);
    expect(queue.pausedUntil).toBe(0);
    const begun = performance.now();
    await queue.enter("u", never);
    expect(performance.now() - begun).toBeGreaterThan(45);
    const waiting = Array.from({ length: 5 }, () => queue.enter("u", never));
    const refused = Promise.allSettled(waiting);
    queue.pause(60_000);
    expect(queue.pausedUntil).toBeGreaterThan(Date.now() + 59_000);
    expect((await refused).at(-1)?.status).toBe("rejected");
    expect(await rejection(queue.enter("u", never))).toMatchObject({ code: "MODEL_RATE_LIMITED" });
  });
});
