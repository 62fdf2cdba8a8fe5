import { expect, test } from "bun:test";
import { describeSummary, parseSummary } from "./test-summary.ts";

const output = `
a.test.ts:
(pass) a [0.10ms]
(pass) outer > b (attempt 2) [0.03ms]
(fail) c (attempt 2) [0.03ms]
 99 pass
(fail) d [0.18ms]

 1 pass
 1 skip
 2 todo
 1 filtered out
 3 fail
 1 error
 2 expect() calls
Ran 8 tests across 1 file. [14.00ms]
`;

test("counts come from bun's own last block, not from what a test printed", () => {
  expect(parseSummary(output)).toEqual({ passed: 1, failed: 4, skipped: 3, flaky: ["outer > b"] });
});

test("colours do not hide the counts", () => {
  const coloured = "\x1b[32m 12 pass\x1b[0m\n\x1b[2m 0 fail\x1b[0m\nRan 12 tests across 2 files.";
  expect(parseSummary(coloured)).toEqual({ passed: 12, failed: 0, skipped: 0, flaky: [] });
});

test("a run that found no test counts none", () => {
  const none = 'error: regex "zzz" matched 0 tests. Searched 1 file (skipping 4 tests)';
  expect(parseSummary(none)).toEqual({ passed: 0, failed: 0, skipped: 0, flaky: [] });
});

test("the last line names skipped tests only when there are any", () => {
  expect(describeSummary({ passed: 3, failed: 0, skipped: 0 })).toBe("3 passed, 0 failed");
  expect(describeSummary({ passed: 3, failed: 1, skipped: 2 })).toBe(
    "3 passed, 1 failed, 2 skipped",
  );
});
