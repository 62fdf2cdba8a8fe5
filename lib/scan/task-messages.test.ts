import { expect, test } from "bun:test";
import { jobIdOf } from "./task-messages.ts";

test("a job id is read from whatever names one", () => {
  const bodies = [{ job_id: "a", other: 1 }, { job_id: 1 }, {}, null, undefined, "a", ["a"]];
  expect(bodies.map(jobIdOf)).toEqual(["a", ...Array(6).fill(undefined)]);
});
