import { expect, test } from "bun:test";
import { type SweepPosition, type SweepUnusedDeps, sweepUnused } from "./sweep-unused.ts";

const dayMs = 24 * 60 * 60 * 1000;
const now = Date.UTC(2026, 5, 20);

/** Uploads of the days before, one a day, `a` the oldest; pages of two. */
function createFixture(used: readonly string[], failing: readonly string[] = []) {
  const uploads = Array.from("abcdefghijkl", (key, i) => ({
    key,
    createdAt: new Date(now - (12 - i) * dayMs).toISOString(),
    isUsed: used.includes(key),
  }));
  const steps: string[] = [];
  let position: SweepPosition | undefined;
  const deps: SweepUnusedDeps = {
    store: {
      remove: async (key) => {
        if (failing.includes(key)) throw new Error("away");
        steps.push(`remove ${key}`);
      },
    },
    owners: {
      confirmedScanPhotos: async (after, before) =>
        uploads
          .filter(
            ({ createdAt, key }) =>
              after.createdAt < "0" || [createdAt, key] > [after.createdAt, after.key],
          )
          .filter(({ createdAt }) => new Date(createdAt) < before)
          .slice(0, 2),
      forgetUnused: async (keys) => void steps.push(`forget ${keys.join(" ")}`),
    },
    position: {
      read: async () => position,
      write: async (reached) => {
        position = reached;
      },
    },
    clock: { now: () => now },
    isStopping: () => false,
  };
  return { deps, steps, position: () => position?.key };
}

test("a photo that no scan has used goes after nine days, object first; a used one stays", async () => {
  const { deps, steps, position } = createFixture(["b"]);
  // a, b and c are older than nine days, d is exactly that old.
  expect(await sweepUnused(deps)).toBe(2);
  expect(steps).toEqual(["remove a", "forget a", "remove c", "forget c"]);
  expect(position()).toBe("c");
});

test("each is looked at once, whoever sweeps next", async () => {
  const { deps, steps } = createFixture([]);
  await sweepUnused(deps);
  steps.length = 0;
  expect(await sweepUnused(deps)).toBe(0);
  expect(await sweepUnused({ ...deps, clock: { now: () => now + dayMs } })).toBe(1);
  expect(steps).toEqual(["remove d", "forget d"]);
});

test("what cannot be removed is where the next sweep begins", async () => {
  const { deps, steps, position } = createFixture([], ["c"]);
  await expect(sweepUnused(deps)).rejects.toThrow("away");
  expect(position()).toBe("b");
  expect(steps).toEqual(["remove a", "remove b", "forget a b"]);
});

test("a process that stops leaves the rest", async () => {
  const { deps, steps } = createFixture([]);
  expect(await sweepUnused({ ...deps, isStopping: () => true })).toBe(0);
  expect(steps).toEqual([]);
});
