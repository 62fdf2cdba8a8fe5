import { expect, test } from "bun:test";
import { endSeqOf, epochOf, isTerminal, seqOf, stepOf } from "./epoch.ts";
import { STAGES, STATUSES } from "./stage.ts";

test("seqs are the contract's: epoch × 100 + stage × 10 + status", () => {
  expect(seqOf(0, "queued", "started")).toBe(0);
  expect(seqOf(0, "vision", "completed")).toBe(11);
  expect(seqOf(0, "done", "failed")).toBe(52);
  expect(seqOf(3, "reward", "failed")).toBe(342);
});

test("of every stage, status and epoch the seq tells all three, and rises", () => {
  const seqs = [0, 1, 2, 40].flatMap((epoch) =>
    STAGES.flatMap((stage) =>
      STATUSES.map((status) => {
        const seq = seqOf(epoch, stage, status);
        expect(epochOf(seq)).toBe(epoch);
        expect(stepOf(seq)).toEqual({ stage, status });
        expect(isTerminal(seq)).toBe(stage === "done");
        expect(seq >= endSeqOf(epoch)).toBe(stage === "done");
        return seq;
      }),
    ),
  );
  expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
  expect(new Set(seqs).size).toBe(seqs.length);
});

test.each([9, 60, 13, 160, -1])("no event has seq %i", (seq) => {
  expect(() => stepOf(seq)).toThrow(RangeError);
});
