export interface TestSummary {
  readonly passed: number;
  /** Failed tests, and errors thrown outside of any test. */
  readonly failed: number;
  /** Not run on purpose: `test.skip` and `test.todo`. */
  readonly skipped: number;
  /** Names of the tests that failed at first and passed when tried again. */
  readonly flaky: readonly string[];
}

/** Reads the flaky tests, and the counts before the last `Ran N tests across M files.` of `bun test`. */
export function parseSummary(output: string): TestSummary {
  const lines = Bun.stripANSI(output).split("\n");
  const end = lines.findLastIndex((line) => /^Ran \d+ tests? across /.test(line));
  const counts: Record<string, number> = {};
  // Upwards from that line, so that nothing a test has printed is taken for a count.
  for (let at = end - 1; at >= 0; at--) {
    const match = /^ *(\d+) ([a-z]+)/.exec(lines[at] ?? "");
    if (!match?.[2]) break;
    counts[match[2]] ??= Number(match[1]);
  }
  const flaky = lines.flatMap((line) => /^\(pass\) (.+) \(attempt \d+\)/.exec(line)?.[1] ?? []);
  const of = (...words: string[]) => words.reduce((sum, word) => sum + (counts[word] ?? 0), 0);
  return {
    passed: of("pass"),
    failed: of("fail", "error", "errors"),
    skipped: of("skip", "todo"),
    flaky,
  };
}

/** `12 passed, 0 failed, 1 skipped`; the last part only when there is any. */
export function describeSummary(summary: Omit<TestSummary, "flaky">): string {
  const { passed, failed, skipped } = summary;
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
