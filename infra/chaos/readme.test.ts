import { expect, test } from "bun:test";
import { join } from "node:path";
import { clusterScenarios } from "./cluster/cluster-scenarios.ts";
import { MUTANTS } from "./mutants.ts";
import { SCENARIOS } from "./scenarios.ts";

const readme = await Bun.file(join(import.meta.dir, "README.md")).text();

test("the README names every scenario with what it proves", () => {
  const all = [...SCENARIOS, ...clusterScenarios];
  const rows = all.map(
    ({ name, proves, quick }) => `| ${quick ? "●" : ""} | \`${name}\` | ${proves} |`,
  );
  expect(readme.split("\n").filter((line) => /^\| ?●? ?\| `/.test(line))).toEqual(rows);
});

test("the README names every mutant", () => {
  for (const { name } of MUTANTS) expect(readme).toContain(`| \`${name}\` |`);
});
