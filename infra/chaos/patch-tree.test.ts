import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "../services/ensure-services.ts";
import { CRASH_PATCHES, CRASH_POINTS } from "./crash-points.ts";
import { MUTANTS } from "./mutants.ts";
import { applyPatch, type Patch } from "./patch-tree.ts";
import { SCENARIOS } from "./scenarios.ts";

/** What the patched files would hold; throws where a patch no longer fits. */
function patched(patches: readonly Patch[]): string {
  const files = new Map<string, string>();
  for (const patch of patches) {
    const path = join(projectFolder, patch.file);
    files.set(patch.file, applyPatch(files.get(patch.file) ?? readFileSync(path, "utf8"), patch));
  }
  return [...files.values()].join("\n");
}

test("a patch that does not fit exactly once names its file", () => {
  const patch = { file: "a.ts", find: "x", replace: "y" };
  expect(applyPatch("axb", patch)).toBe("ayb");
  expect(() => applyPatch("ab", patch)).toThrow("a.ts");
  expect(() => applyPatch("xx", patch)).toThrow("2 times");
});

describe("the code as it is now", () => {
  test("takes the crash points", () => {
    const code = patched(CRASH_PATCHES);
    expect(code.match(/crashAt\?\.\(/g)?.length).toBeGreaterThan(8);
    expect(CRASH_POINTS.length).toBeGreaterThan(25);
  });

  test.each(MUTANTS)("takes the mutant $name, which some scenario has to find", (mutant) => {
    expect(patched([...mutant.patches, ...CRASH_PATCHES])).toContain("crashAt");
    expect(SCENARIOS.map(({ name }) => name)).toContain(mutant.caughtBy);
  });
});
