import { expect, test } from "bun:test";
import { constants, existsSync, statSync } from "node:fs";
import * as v from "valibot";
import { parse } from "yaml";

const root = new URL("../", import.meta.url);
const read = (path: string) => Bun.file(new URL(path, root)).text();
const manifest = JSON.parse(await read("package.json"));

const Workflow = v.object({
  permissions: v.unknown(),
  concurrency: v.object({ group: v.string() }),
  jobs: v.record(
    v.string(),
    v.object({
      "runs-on": v.string(),
      "timeout-minutes": v.number(),
      steps: v.array(v.object({ uses: v.optional(v.string()), run: v.optional(v.string()) })),
    }),
  ),
});
const workflow = v.parse(Workflow, parse(await read(".github/workflows/ci.yml")));
const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);

test("CI checks and tests with the version the project is written for, and stops at the first failure", async () => {
  const bun = `npx -y bun@${manifest.devDependencies["bun-types"]}`;
  const lines = (await read(".ci/run")).split("\n").filter((line) => line !== "");
  expect(lines.slice(0, 2)).toEqual(["#!/usr/bin/env bash", "set -euo pipefail"]);
  expect(lines.slice(-2)).toEqual([`${bun} run check`, `${bun} run test`]);
  expect(lines).toHaveLength(5);
  expect(manifest.scripts).toContainKeys(["check", "test"]);
});

test("the script can be run as it is", () => {
  expect(statSync(new URL(".ci/run", root)).mode & constants.S_IXUSR).toBeTruthy();
});

test("the workflow runs that same script, and a scan through compose", () => {
  expect(workflow.jobs.check?.steps.map(({ run }) => run)).toContain(".ci/run");
  const runs = workflow.jobs.compose?.steps.map(({ run }) => run) ?? [];
  const smoke = runs.find((run) => run?.includes("smoke")) ?? "";
  const [, path = ""] = /^npx -y bun@[\d.]+ (\S+) http:\/\/127\.0\.0\.1:8080$/.exec(smoke) ?? [];
  expect([path, existsSync(new URL(path, root))]).toEqual(["infra/images/smoke.ts", true]);
  expect(smoke).toContain(`bun@${manifest.devDependencies["bun-types"]}`);
});

test("the workflow may read and nothing else, runs pinned actions, and ends", () => {
  expect(workflow.permissions).toEqual({ contents: "read" });
  const actions = steps.flatMap(({ uses = [] }) => uses);
  expect(actions).toHaveLength(6);
  for (const action of actions) expect(action).toMatch(/@[0-9a-f]{40}$/);
  for (const job of Object.values(workflow.jobs)) expect(job["timeout-minutes"]).toBeLessThan(60);
});

test("the workflow breaks the system on every push: the quick faults and the fuzzer", () => {
  const runs = workflow.jobs.chaos?.steps.flatMap(({ run = [] }) => run) ?? [];
  expect(runs).toEqual(["npx -y bun@1.4.5 run chaos --quick", "npx -y bun@1.4.5 run fuzz"]);
});
