import { expect, test } from "bun:test";
import { createSlots } from "./slots.ts";

test("never more than the slots at once, in order, and a failure gives its slot back", async () => {
  const inSlot = createSlots(2);
  const started: number[] = [];
  const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
  const work = gates.map((gate, i) =>
    inSlot(async () => {
      started.push(i);
      await gate.promise;
    }),
  );
  const outcomes = Promise.allSettled(work);
  expect(started).toEqual([0, 1]);
  gates[1]?.reject(new Error("broken"));
  await work[1]?.catch(() => undefined);
  expect(started).toEqual([0, 1, 2]);
  for (const gate of gates) gate.resolve();
  const statuses = (await outcomes).map(({ status }) => status);
  expect(statuses.filter((status) => status === "rejected")).toHaveLength(1);
  expect(started).toEqual([0, 1, 2, 3, 4]);
});
