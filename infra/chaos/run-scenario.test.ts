import { expect, test } from "bun:test";
import { readWords } from "#lib/contract/items/read-words.ts";
import { nameRun } from "./run-scenario.ts";
import { SCENARIOS } from "./scenarios.ts";

test.each(SCENARIOS)("no word of a run of $name says what is in a photo", (scenario) => {
  const run = nameRun(scenario, 3, 4_242.0815);
  expect(run.slice(scenario.name.length)).toMatch(/^-3-\d+$/);
  expect(readWords(`reward-12-${run}`).items).toEqual([]);
});
