import { expect, test } from "bun:test";
import { constants, existsSync, statSync } from "node:fs";
import * as v from "valibot";
import { parse } from "yaml";

const root = new URL("../", import.meta.url);
const read = (path: string) => Bun.file(new URL(path, root)).text();
const manifest = JSON.parse(await read("package.json"));

const Step = v.object({ uses: v.optional(v.string()), run: v.optional(v.string(), "") });
const Job = v.object({ "timeout-minutes": v.number(), steps: v.array(Step) });
const Workflow = v.object({ permissions: v.unknown(), jobs: v.record(v.string(), Job) });
const { permissions, jobs } = v.parse(Workflow, parse(await read(".github/workflows/ci.yml")));
const steps = Object.values(jobs).flatMap((job) => job.steps);
const script = await read(".ci/run");
const commands = [...script.split("\n"), ...steps.map(({ run }) => run)];
const programs = commands.filter((line) => line.startsWith("npx "));

test("CI uses the version of Bun that the project is checked with", () => {
  const versions = commands.flatMap((line) => /bun@(\S+)/.exec(line)?.[1] ?? []);
  expect([...new Set(versions)]).toEqual([manifest.devDependencies["bun-types"]]);
});

test("every script and file that CI runs exists", () => {
  expect(programs.length).toBeGreaterThan(0);
  for (const line of programs) {
    const [, name, path] = /bun@\S+ (?:run (\w+)|(\S+\.ts))/.exec(line) ?? [];
    const isThere = name ? name in manifest.scripts : existsSync(new URL(path ?? "-", root));
    expect([line, isThere]).toEqual([line, true]);
  }
});

test("the script stops at the first failure, and can be run as it is", () => {
  expect(script).toStartWith("#!/usr/bin/env bash\nset -euo pipefail\n");
  expect(statSync(new URL(".ci/run", root)).mode & constants.S_IXUSR).toBeTruthy();
});

test("the workflow may read and nothing else, runs pinned actions, and ends", () => {
  expect(permissions).toEqual({ contents: "read" });
  for (const { uses } of steps) if (uses) expect(uses).toMatch(/@[0-9a-f]{40}$/);
  for (const job of Object.values(jobs)) expect(job["timeout-minutes"]).toBeLessThan(60);
});
