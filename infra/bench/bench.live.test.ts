import { expect, test } from "bun:test";
import * as v from "valibot";
import { projectFolder } from "../services/ensure-services.ts";
import { BENCHES } from "./benches.ts";

const Output = v.object({
  failures: v.array(v.unknown()),
  results: v.array(
    v.object({
      name: v.string(),
      figures: v.array(v.object({ label: v.string(), runs: v.array(v.number()) })),
    }),
  ),
});

test("every benchmark runs from its command, measures every figure, and loses no scan", async () => {
  const child = Bun.spawn([process.execPath, "infra/bench/main.ts", "--quick", "--json"], {
    cwd: projectFolder,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [text, progress] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  expect([await child.exited, progress]).toEqual([0, expect.any(String)]);
  const { results, failures } = v.parse(Output, JSON.parse(text));
  expect(failures).toEqual([]);
  expect(results.map(({ name }) => name)).toEqual(BENCHES.map(({ name }) => name));
  const figures = results.flatMap((result) => result.figures);
  expect(figures.filter(({ runs }) => runs.length !== 1)).toEqual([]);
  const completions = figures.filter(({ label }) => label.endsWith("completion"));
  expect(completions.map(({ runs }) => runs)).toEqual(completions.map(() => [100]));
  expect(completions.length).toBeGreaterThan(0);
}, 240_000);
