import { describe, expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import { createGroupCommit } from "./group-commit.ts";

interface Options {
  readonly rowsMax?: number;
  bad?(row: number): unknown;
}

/** A store whose writes wait until the test lets them go. */
function heldStore({ bad = (_: number): unknown => undefined, ...options }: Options = {}) {
  const batches: number[][] = [];
  const held: (() => void)[] = [];
  let isHolding = true;
  const commit = createGroupCommit<number, string>(
    "numbers",
    async (rows) => {
      batches.push([...rows]);
      if (isHolding) await new Promise<void>((resolve) => held.push(resolve));
      const error = rows.map(bad).find(Boolean);
      if (error) throw error;
      return (row) => `written ${row}`;
    },
    options,
  );
  return {
    commit,
    batches,
    /** Lets the write that is waiting go on. */
    release: () => held.shift()?.(),
    releaseAll: () => {
      isHolding = false;
      for (const go of held.splice(0)) go();
    },
  };
}

/** Everything that is ready to run has run. */
const settled = () => new Promise((resolve) => setImmediate(resolve));
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe("group commit", () => {
  test("an idle writer flushes at once: a lone row waits for nobody", async () => {
    const { commit, batches } = heldStore();
    void commit(1);
    await settled();
    expect(batches).toEqual([[1]]);
  });

  test("rows that come together share the first batch", async () => {
    const { commit, batches, releaseAll } = heldStore();
    const outcomes = range(0, 5).map(commit);
    releaseAll();
    expect(await Promise.all(outcomes)).toEqual(range(0, 5).map((row) => `written ${row}`));
    expect(batches).toEqual([range(0, 5)]);
  });

  test("a busy writer fills its batches, never beyond the limit, in the order of arrival", async () => {
    const { commit, batches, releaseAll } = heldStore();
    const first = commit(0);
    await settled();
    const later = range(1, 126).map(commit);
    await settled();
    // One write at a time: what came meanwhile waits.
    expect(batches).toEqual([[0]]);
    releaseAll();
    await Promise.all([first, ...later]);
    expect(batches).toEqual([[0], range(1, 51), range(51, 101), range(101, 126)]);
  });

  test("each caller gets what became of its own row, and only once it is written", async () => {
    const { commit, release } = heldStore({ rowsMax: 1 });
    const done: string[] = [];
    void commit(1).then((outcome) => done.push(outcome));
    void commit(2).then((outcome) => done.push(outcome));
    await settled();
    expect(done).toEqual([]);
    release();
    await settled();
    expect(done).toEqual(["written 1"]);
    release();
    await settled();
    expect(done).toEqual(["written 1", "written 2"]);
  });

  test("one bad row fails alone: its neighbours are written, in order, without it", async () => {
    const wrong = new Error("value too long");
    const { commit, batches, releaseAll } = heldStore({ bad: (row) => row === 3 && wrong });
    releaseAll();
    const outcomes = await Promise.allSettled(range(1, 6).map(commit));
    expect(outcomes.map(({ status }) => status === "fulfilled")).toEqual([
      ...[true, true, false, true, true],
    ]);
    expect(outcomes[2]).toEqual({ status: "rejected", reason: wrong });
    expect(batches).toEqual([range(1, 6), [1], [2], [3], [4], [5]]);
  });

  test("a store that is away refuses the whole batch at once: no row by row attempts", async () => {
    const away = new Fault("UNAVAILABLE");
    const { commit, batches, releaseAll } = heldStore({ bad: () => away });
    releaseAll();
    const outcomes = await Promise.allSettled(range(0, 5).map(commit));
    expect(outcomes).toEqual(range(0, 5).map(() => ({ status: "rejected", reason: away })));
    expect(batches).toEqual([range(0, 5)]);
  });

  test("goes on after a failure", async () => {
    let isAway = true;
    const { commit, releaseAll } = heldStore({ bad: () => isAway && new Fault("UNAVAILABLE") });
    releaseAll();
    await expect(commit(1)).rejects.toThrow("UNAVAILABLE");
    isAway = false;
    expect(await commit(1)).toBe("written 1");
  });

  test("keeps nothing of a row once its caller has been answered", async () => {
    const commit = createGroupCommit<object, void>("objects", async () => () => undefined);
    const kept: WeakRef<object>[] = [];
    for (let round = 0; round < 20; round++) {
      await Promise.all(
        range(0, 50).map(() => {
          const row = { text: "x".repeat(1_000) };
          kept.push(new WeakRef(row));
          return commit(row);
        }),
      );
    }
    await settled();
    Bun.gc(true);
    expect(kept.filter((row) => row.deref() !== undefined).length).toBeLessThan(100);
  });
});
