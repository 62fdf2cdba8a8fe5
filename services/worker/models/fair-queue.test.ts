import { describe, expect, test } from "bun:test";
import { createRandom } from "#lib/testing/random.ts";
import { FairQueue } from "./fair-queue.ts";

interface Item {
  readonly user: string;
  readonly n: number;
}

/** A queue that numbers what each user puts in. */
function setUp(costOf: (user: string) => number = () => 1) {
  const queue = new FairQueue<Item>(costOf);
  const counts = new Map<string, number>();
  const push = (user: string, times = 1) => {
    for (let i = 0; i < times; i++) {
      const n = counts.get(user) ?? 0;
      counts.set(user, n + 1);
      queue.push(user, { user, n }, n);
    }
  };
  const served = (times: number) =>
    Array.from({ length: times }, () => queue.shift()?.user ?? "-").join("");
  return { queue, push, served };
}

describe("a fair queue", () => {
  test("serves users with equal claims in the order in which they came", () => {
    const { push, served } = setUp();
    for (const user of "abcd") push(user);
    expect(served(5)).toBe("abcd-");
  });

  test("serves what waits for one user oldest first, also what comes back late", () => {
    const queue = new FairQueue<string>(() => 1);
    queue.push("u", "second", 2);
    queue.push("u", "third", 3);
    queue.push("u", "first", 1);
    queue.push("u", "third as well", 3);
    const all = ["first", "second", "third", "third as well"];
    expect(all.map(() => queue.shift())).toEqual(all);
  });

  test("lets a user who is light pass one who floods", () => {
    const { push, served } = setUp();
    push("f", 1_000);
    expect(served(100)).toBe("f".repeat(100));
    push("a");
    push("b", 2);
    expect(served(6)).toBe("fabfbf");
  });

  test.each([1, 10, 100])("a light user waits for one turn of each of %d others", (floods) => {
    const { queue, push, served } = setUp();
    for (let i = 0; i < floods; i++) push(`f${i}`, 300);
    const random = createRandom("light");
    for (let round = 0; round < 30; round++) {
      // So many that this user has had less than the others.
      served(random.int(floods + 2, 3 * floods + 2));
      push("light");
      const waitedFor: string[] = [];
      for (let next = queue.shift(); next && next.user !== "light"; next = queue.shift())
        waitedFor.push(next.user);
      expect(new Set(waitedFor).size).toBe(waitedFor.length);
    }
  });

  test.each(["1", "2", "3", "4", "5"])(
    "users who always wait get equal shares of the cost: seed %s",
    (seed) => {
      const random = createRandom(seed);
      const users = Array.from({ length: random.int(2, 12) }, (_, i) => `u${i}`);
      const costs = new Map(users.map((user) => [user, random.int(1, 50)]));
      const costOf = (user: string) => costs.get(user) ?? 1;
      const { queue, push } = setUp(costOf);
      const got = new Map(users.map((user) => [user, 0]));
      // They do not begin at once.
      for (const user of users) push(user, 3);
      for (let turn = 0; turn < 20_000; turn++) {
        const { user } = queue.shift() ?? expect.unreachable();
        got.set(user, (got.get(user) ?? 0) + costOf(user));
        push(user);
      }
      const shares = [...got.values()];
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(3 * 50);
    },
  );

  test("a user who was away has earned nothing", () => {
    const { push, served } = setUp();
    push("a", 500);
    push("b");
    served(101);
    push("b", 100);
    expect([...served(100)].filter((user) => user === "b").length).toBeWithin(49, 52);
  });

  test("a user who has had much goes on where the others are, once these have caught up", () => {
    const { push, served } = setUp((user) => (user === "dear" ? 10 : 1));
    push("dear", 10);
    push("x", 100);
    const order = served(33).replaceAll("dear", "d");
    expect(order).toMatch(/^dx{10,11}dx{10}dx{8,10}$/);
  });

  test("users who come anew without end do not keep one who waits from a turn", () => {
    const { queue, push } = setUp();
    push("f", 2);
    for (let i = 0; i < 10; i++) push(`new-${i}`);
    const order: string[] = [];
    for (let i = 10; i < 200; i++) {
      order.push(queue.shift()?.user ?? "-");
      push(`new-${i}`);
    }
    expect(order.lastIndexOf("f")).toBeWithin(1, 40);
  });

  test("forgets who has left, and keeps the order of the others", () => {
    const queue = new FairQueue<string>(() => 1);
    for (const user of ["a", "b", "c"]) queue.push(user, `${user}1`, 0);
    queue.push("b", "b2", 1);
    queue.remove("b", "b1");
    queue.remove("a", "a1");
    queue.remove("a", "a1");
    queue.remove("nobody", "x");
    expect(queue.size).toBe(2);
    expect([queue.shift(), queue.shift(), queue.shift()]).toEqual(["b2", "c1", undefined]);
  });

  test("gives out all at once", () => {
    const { queue, push } = setUp();
    push("a", 2);
    push("b");
    expect(queue.clear()).toHaveLength(3);
    expect([queue.size, queue.shift()]).toEqual([0, undefined]);
  });

  test("serves everything once, whatever comes and goes", () => {
    const random = createRandom("all");
    const { queue, push } = setUp(() => random.int(1, 9));
    let [put, taken] = [0, 0];
    for (let step = 0; step < 20_000; step++) {
      if (random.int(0, 1) === 0) {
        push(`u${random.int(0, 3_000)}`);
        put++;
      } else if (queue.shift()) taken++;
    }
    expect(queue.size).toBe(put - taken);
    while (queue.shift()) taken++;
    expect(taken).toBe(put);
  });
});
