import { describe, expect, test } from "bun:test";
import type { StreamEntry } from "#lib/contract/publication.ts";
import { EventRouter, type EventRouterDeps, type Read } from "./event-router.ts";

const entry = (id: string): StreamEntry => [id, ["job_id", "a"]];
const read = (after: string, ids: readonly string[], claimNext?: string): Read => ({
  after,
  entries: ids.map(entry),
  claimNext,
});

/** A router of one stream whose reads are these, and what it did. */
function given(reads: readonly (Read | "lost")[], overrides: Partial<EventRouterDeps> = {}) {
  const acts: string[] = [];
  const clock = { nowMs: 0 };
  const left = [...reads];
  const router = new EventRouter({
    hold: async () => ["s"],
    read: async (_, claimFrom) => {
      acts.push(claimFrom === undefined ? "read" : `claim ${claimFrom}`);
      return left.shift() ?? read("9", []);
    },
    publish: async (_, { after, entries }) => {
      acts.push(`publish ${after}<${entries.map(([id]) => id).join()}`);
    },
    acknowledge: async (_, ids) => {
      acts.push(`acknowledge ${ids.join()}`);
    },
    now: () => clock.nowMs,
    ...overrides,
  });
  return { router, acts, clock };
}

describe("an event router", () => {
  test("publishes what another one left before anything new, and acknowledges it afterwards", async () => {
    const { router, acts } = given([
      read("1", ["2"], "3"),
      read("2", ["3"]),
      read("3", ["4", "5"]),
    ]);
    for (let i = 0; i < 3; i++) expect(await router.runOnce()).toBeUndefined();
    expect(acts).toEqual([
      ...["claim 0-0", "publish 1<2", "acknowledge 2"],
      ...["claim 3", "publish 2<3", "acknowledge 3"],
      ...["read", "publish 3<4,5", "acknowledge 4,5"],
    ]);
  });

  test("claims again what it could not publish", async () => {
    let isAway = true;
    const { router, acts } = given([read("", []), read("1", ["2"]), read("1", ["2"])], {
      publish: async (_, { entries }) => {
        if (isAway && entries.length > 0) throw new Error("away");
      },
    });
    await router.runOnce();
    expect(router.runOnce()).rejects.toThrow("away");
    isAway = false;
    await router.runOnce();
    expect(acts).toEqual(["claim 0-0", "read", "claim 0-0", "acknowledge 2"]);
  });

  test("names the newest entry once a second while nothing happens", async () => {
    const { router, acts, clock } = given([]);
    expect(await router.runOnce()).toEqual(new Map([["s", "9"]]));
    await router.runOnce();
    clock.nowMs = 1_000;
    await router.runOnce();
    expect(acts).toEqual(["claim 0-0", "publish 9<", "read", "read", "publish 9<"]);
  });

  test("leaves a stream that another one holds, and claims it when it is its own again", async () => {
    const { router, acts, clock } = given([read("1", []), "lost"]);
    await router.runOnce();
    expect(router.heldCount).toBe(1);
    await router.runOnce();
    expect(router.heldCount).toBe(0);
    clock.nowMs = 1_000;
    await router.runOnce();
    expect(acts.filter((act) => !act.startsWith("publish"))).toEqual([
      ...["claim 0-0", "read", "claim 0-0"],
    ]);
  });

  test("does not begin a turn while a read of the one before is on its way", async () => {
    const slow = Promise.withResolvers<Read>();
    const { router } = given([], {
      hold: async () => ["s", "t"],
      read: (stream) => (stream === "s" ? Promise.reject(new Error("away")) : slow.promise),
    });
    let isOver = false;
    const turn = router.runOnce().catch(() => {
      isOver = true;
    });
    await Bun.sleep(0);
    expect(isOver).toBe(false);
    slow.resolve(read("1", []));
    await turn;
    expect(isOver).toBe(true);
  });
});
