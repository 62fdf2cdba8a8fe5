import { beforeEach, describe, expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import { Concurrency, type Slot } from "./concurrency.ts";

describe("concurrency", () => {
  const never = new AbortController().signal;
  let nowMs: number;
  beforeEach(() => {
    nowMs = 1_000_000;
  });
  const create = (callsMax: number, slotWaitMsMax = 5) =>
    new Concurrency({ clock: { now: () => nowMs }, callsMax, slotWaitMsMax });
  const enter = (gate: Concurrency, calls: number): Promise<Slot[]> =>
    Promise.all(Array.from({ length: calls }, () => gate.enter(never)));
  const rejection = (work: Promise<unknown>) =>
    work.then(
      () => expect.unreachable(),
      (error: unknown) => error,
    );

  test("is halved once by a burst of refusals, and again by one that came after", async () => {
    const gate = create(16);
    const burst = await enter(gate, 16);
    for (const slot of burst) slot.limited(0);
    expect(gate.limit).toBe(8);
    for (const slot of burst) slot.leave();
    const [next] = await enter(gate, 1);
    next?.limited(0);
    expect(gate.limit).toBe(4);
  });

  test("is counted from what was used of it, unless that is too little to tell", async () => {
    const [busy, quiet] = [create(1_024), create(1_024)];
    const many = await enter(busy, 200);
    for (const slot of many.slice(1)) slot.leave();
    many[0]?.limited(0);
    expect(busy.limit).toBe(100);
    const [only] = await enter(quiet, 1);
    only?.limited(0);
    expect(quiet.limit).toBe(32);
  });

  test("never falls below one and never rises above its cap", async () => {
    const gate = create(8);
    for (let i = 0; i < 10; i++) {
      const [slot] = await enter(gate, 1);
      slot?.limited(0);
      slot?.leave();
    }
    expect(gate.limit).toBe(1);
    for (let i = 0; i < 100; i++) {
      const [slot] = await enter(gate, 1);
      slot?.succeeded();
      slot?.leave();
    }
    expect(gate.limit).toBe(8);
  });

  test.each([
    { callsMax: 100, halved: 50, afterRound: 55 },
    { callsMax: 8, halved: 4, afterRound: 5 },
  ])(
    "grows by a slot with each round that went well, by a tenth when it is wide",
    async (given) => {
      const { callsMax, halved, afterRound } = given;
      const gate = create(callsMax);
      const all = await enter(gate, callsMax);
      all[0]?.limited(0);
      for (const slot of all) slot.leave();
      expect(gate.limit).toBe(halved);
      // The first widens the limit, so that a round is a little shorter than the next limit.
      for (const slot of await enter(gate, halved)) {
        slot.succeeded();
        slot.leave();
      }
      const [last] = await enter(gate, 1);
      last?.succeeded();
      expect(gate.limit).toBe(afterRound);
    },
  );

  test("gives no more slots than its limit, and a free one to who waits longest", async () => {
    const gate = create(2, 1_000);
    const [one, two] = await enter(gate, 2);
    const order: string[] = [];
    const third = gate.enter(never);
    const fourth = gate.enter(never);
    void third.then(() => order.push("third"));
    void fourth.then(() => order.push("fourth"));
    await Promise.resolve();
    expect(order).toEqual([]);
    one?.leave();
    const slot = await third;
    await Promise.resolve();
    expect(order).toEqual(["third"]);
    slot.leave();
    (await fourth).leave();
    expect(order).toEqual(["third", "fourth"]);
    two?.leave();
  });

  test("turns a call away that found no slot in time, and loses no slot by it", async () => {
    const gate = create(1);
    const [held] = await enter(gate, 1);
    expect(await rejection(gate.enter(never))).toMatchObject({ code: "MODEL_RATE_LIMITED" });
    const caller = new AbortController();
    const waiting = gate.enter(caller.signal);
    caller.abort(new Fault("TASK_TIMEOUT"));
    held?.leave();
    expect(await rejection(waiting)).toBe(caller.signal.reason);
    const [next] = await enter(gate, 1);
    next?.leave();
  });

  test("rests as long as it is told to, turning away who waits and who comes", async () => {
    const gate = create(4, 60_000);
    const slots = await enter(gate, 4);
    const waiting = rejection(gate.enter(never));
    slots[0]?.limited(7_000);
    expect(await waiting).toMatchObject({ code: "MODEL_RATE_LIMITED", retryAfterMs: 7_000 });
    for (const slot of slots) slot.leave();
    nowMs += 2_000;
    expect(gate.capacity).toBe(0);
    expect(await rejection(gate.enter(never))).toMatchObject({ retryAfterMs: 5_000 });
    nowMs = gate.restUntil;
    expect(gate.capacity).toBe(2);
    await enter(gate, 2);
  });

  test("rests at most a minute, whatever it is told", async () => {
    const gate = create(4);
    const [slot] = await enter(gate, 1);
    slot?.limited(3_600_000);
    expect(gate.restUntil - nowMs).toBe(60_000);
  });
});
