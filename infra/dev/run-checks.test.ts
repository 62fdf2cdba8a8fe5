import { expect, test } from "bun:test";
import { tmpdir } from "node:os";
import { runChecks } from "./run-checks.ts";

function bun(code: string): [string, ...string[]] {
  return [process.execPath, "-e", code];
}

test("a check that fails does not keep the others from running, and shows what it found", async () => {
  const printed: string[] = [];
  const failed = await runChecks(
    [
      { name: "format", command: bun("console.log('line 3'); process.exit(1)"), mend: "mend it" },
      { name: "types", command: bun("console.error('line 5'); process.exit(2)") },
      { name: "tests", command: bun("console.log('200 passed')") },
    ],
    tmpdir(),
    (text) => printed.push(text),
  );
  const text = printed.join("");
  expect(failed).toEqual(["format", "types"]);
  expect(text).toContain("line 3");
  expect(text).toContain("line 5");
  expect(text).toMatch(/FAILED format \(\d+\.\d s\); `mend it` mends most of it/);
  expect(text).toMatch(/FAILED types \(\d+\.\d s\)\n/);
  expect(text).toMatch(/ok {5}tests \(\d+\.\d s\)\n/);
});

test("a green round prints a line a check and nothing else", async () => {
  const printed: string[] = [];
  const checks = ["a", "b"].map((name) => ({ name, command: bun("console.log('all well')") }));
  expect(await runChecks(checks, tmpdir(), (text) => printed.push(text))).toEqual([]);
  expect(printed.join("").trim().split("\n")).toHaveLength(2);
  expect(printed.join("")).not.toContain("all well");
});
