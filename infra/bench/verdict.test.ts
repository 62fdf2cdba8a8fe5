import { expect, test } from "bun:test";
import { boundMark, judge, spreadText } from "./verdict.ts";

const figure = { label: "p95", unit: "s" };

test("the median decides, not the best nor the worst run", () => {
  const verdict = judge({
    ...figure,
    runs: [14, 11, 12],
    must: { atMost: 12 },
    aim: { atMost: 11 },
  });
  expect(verdict).toMatchObject({ median: 12, spread: { min: 11, max: 14 } });
  expect([boundMark(verdict.must), boundMark(verdict.aim)]).toEqual(["✓ ≤ 12", "✗ ≤ 11"]);
});

test("a bound is met when it is reached, from its own side", () => {
  const marks = [900, 899, 901].map((run) => {
    const { must, aim } = judge({
      ...figure,
      runs: [run],
      must: { atLeast: 900 },
      aim: { atMost: 900 },
    });
    return [must?.isMet, aim?.isMet];
  });
  expect(marks).toEqual([
    [true, true],
    [false, true],
    [true, false],
  ]);
});

test("what was not measured meets nothing", () => {
  const verdict = judge({ ...figure, runs: [], must: { atLeast: 0 }, aim: { atMost: 9e9 } });
  expect([verdict.must?.isMet, verdict.aim?.isMet]).toEqual([false, false]);
});

test("without a bound there is no mark", () => {
  const verdict = judge({ ...figure, runs: [1] });
  expect([boundMark(verdict.must), boundMark(verdict.aim)]).toEqual(["", ""]);
});

test("a spread is told for several runs, and as none where they look alike", () => {
  const texts = [[3, 1, 2], [2, 2.000_1], [2], []].map((runs) =>
    spreadText(judge({ ...figure, runs })),
  );
  expect(texts).toEqual(["1 – 3", "none", "", ""]);
});
