import { describe, expect, test } from "bun:test";
import { FairTurns } from "./fair-turns.ts";

const create = (waitMsMax?: number) => {
  const turns = new FairTurns({
    costOf: () => 1,
    runningMax: 100,
    ...(waitMsMax === undefined ? {} : { waitMsMax }),
  });
  const order: string[] = [];
  const ends: (() => void)[] = [];
  const take = (user_id: string, submitted_at = 0) =>
    turns.take({ user_id, submitted_at }).then((leave) => {
      order.push(leave ? user_id : `${user_id} back`);
      if (leave) ends.push(leave);
    });
  /** Ends the turn that began first. */
  const end = async () => {
    ends.shift()?.();
    await Bun.sleep(0);
  };
  return { turns, order, take, end };
};

describe("turns", () => {
  test("are there at once until there are as many as may be", () => {
    const { turns } = create();
    turns.setMax(2);
    const first = turns.tryTake({ user_id: "x" });
    expect([
      typeof first,
      typeof turns.tryTake({ user_id: "x" }),
      turns.tryTake({ user_id: "x" }),
    ]).toEqual(["function", "function", undefined]);
    first?.();
    expect(turns.tryTake({ user_id: "x" })).toBeFunction();
  });

  test("go round the users, and nobody who comes passes those who wait", async () => {
    const { turns, order, take, end } = create();
    turns.setMax(1);
    const running = turns.tryTake({ user_id: "x" });
    const all = [take("f"), take("f"), take("f"), take("a"), take("b")];
    running?.();
    await Bun.sleep(0);
    expect(turns.tryTake({ user_id: "x" })).toBeUndefined();
    for (let i = 0; i < 5; i++) await end();
    await Promise.all(all);
    expect(order).toEqual(["f", "a", "b", "f", "f"]);
  });

  test("are more when more may run, and none while nothing may", async () => {
    const { turns, order, take, end } = create();
    turns.setMax(0);
    const all = [take("a"), take("b"), take("b")];
    await Bun.sleep(1);
    expect(order).toEqual([]);
    turns.setMax(2);
    await Bun.sleep(0);
    expect(order).toEqual(["a", "b"]);
    turns.setMax(1);
    await end();
    expect(order).toEqual(["a", "b"]);
    await end();
    await Promise.all(all);
    expect(order).toEqual(["a", "b", "b"]);
  });

  test("are as many as a stage may have, whatever the models take", () => {
    const { turns } = create();
    turns.setMax(Number.POSITIVE_INFINITY);
    for (let i = 0; i < 100; i++) expect(turns.tryTake({ user_id: "x" })).toBeFunction();
    expect(turns.tryTake({ user_id: "x" })).toBeUndefined();
  });

  test("of a message that was submitted earlier come earlier, also when it was deferred", async () => {
    const { turns } = create();
    turns.setMax(0);
    const order: number[] = [];
    const all = [3, 1, 2].map(async (submitted_at) => {
      const leave = await turns.take({ user_id: "u", submitted_at });
      order.push(submitted_at);
      leave?.();
    });
    turns.setMax(1);
    await Promise.all(all);
    expect(order).toEqual([1, 2, 3]);
  });

  test("are refused to those who are sent back, and to those who have waited too long", async () => {
    const { turns, order, take } = create(20);
    turns.setMax(0);
    const sentBack = take("a");
    turns.dismiss();
    await sentBack;
    await take("b");
    expect(order).toEqual(["a back", "b back"]);
    turns.setMax(1);
    expect(turns.tryTake({ user_id: "x" })).toBeFunction();
  });

  test("do not wait for those that are more than may be, unless these are one's own", async () => {
    const { turns, order, take, end } = create();
    const all = Array.from({ length: 50 }, () => take("f"));
    await Promise.all(all);
    turns.setMax(2);
    const later = ["f", "a", "a", "b", "c"].map((user) => take(user));
    await Bun.sleep(0);
    // As many as may be at once.
    expect(order.slice(50)).toEqual(["a", "b"]);
    while (order.length < 55) await end();
    await Promise.all(later);
    expect(order.slice(50)).toEqual(["a", "b", "f", "c", "a"]);
  });
});
