import { expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import { createSemaphore } from "./semaphore.ts";

test("never more work at once than permits, in order, and a failure returns its permit", async () => {
  const withPermit = createSemaphore(2);
  const started: number[] = [];
  const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
  const work = gates.map((gate, i) =>
    withPermit(async () => {
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

test("work whose signal aborts, or that waited too long, never runs and loses no permit", async () => {
  const withPermit = createSemaphore(1, 5);
  const held = Promise.withResolvers<void>();
  const holder = withPermit(() => held.promise);
  const ran: string[] = [];
  const caller = new AbortController();
  const aborted = withPermit(async () => ran.push("aborted"), caller.signal);
  const expired = withPermit(async () => ran.push("expired"));
  caller.abort(new Fault("CANCELLED"));
  expect(await rejection(aborted)).toBe(caller.signal.reason);
  expect(await rejection(expired)).toMatchObject({ code: "UNAVAILABLE" });
  held.resolve();
  await holder;
  const late = withPermit(async () => ran.push("late"), caller.signal);
  expect(await rejection(late)).toBe(caller.signal.reason);
  await withPermit(async () => ran.push("next"));
  expect(ran).toEqual(["next"]);
});

function rejection(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );
}
