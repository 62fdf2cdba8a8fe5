import { expect, test } from "bun:test";
import { removeOwnerless } from "./remove-ownerless.ts";

/** Owners of so many deleted uploads, and a store that cannot remove some of them. */
function given(count: number, locked: ReadonlySet<string> = new Set()) {
  let left = Array.from({ length: count }, (_, i) => `key-${String(i).padStart(4, "0")}`);
  const store = {
    remove: (key: string) =>
      locked.has(key) ? Promise.reject(new Error("locked")) : Promise.resolve(),
  };
  const owners = {
    ownerless: async (after: string, limit: number) =>
      left.filter((k) => k > after).slice(0, limit),
    removed: async (keys: readonly string[]) => {
      left = left.filter((key) => !keys.includes(key));
    },
  };
  return { deps: { store, owners }, left: () => left };
}

test.each([0, 1, 100, 250])("all of %i uploads of deleted accounts are removed", async (count) => {
  const { deps, left } = given(count);
  expect(await removeOwnerless(deps)).toEqual({ removed: count, failed: 0, error: undefined });
  expect(left()).toEqual([]);
});

test("what cannot be removed is counted, stays, and keeps nothing behind it", async () => {
  const locked = new Set(["key-0000", "key-0199"]);
  const { deps, left } = given(250, locked);
  const { error, ...counts } = await removeOwnerless(deps);
  expect(counts).toEqual({ removed: 248, failed: 2 });
  expect(String(error)).toBe("Error: locked");
  expect(left()).toEqual([...locked]);
});
