import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { ALERT_CASES } from "./alert-cases.ts";
import { runTool } from "./programs.ts";
import { ruleGroups } from "./rules.ts";

/** By the programs that read these files where they run. */
const folder = mkdtempSync(join(tmpdir(), "eco2-alerts-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string) => join(import.meta.dir, name);

const installMs = 120_000;

test(
  "promtool and amtool take the files as they are",
  async () => {
    const checks = [
      await runTool("promtool", ["check", "rules", file("alerts.yaml")]),
      await runTool("promtool", ["check", "config", file("prometheus.yaml")]),
      await runTool("amtool", ["check-config", file("alertmanager.yaml")]),
    ];
    for (const { code, output } of checks) expect([code, output]).toEqual([0, expect.anything()]);
  },
  installMs,
);

test("each alert has its cases", () => {
  const alerts = ruleGroups.flatMap(({ rules }) => rules.map(({ alert }) => alert));
  expect(Object.keys(ALERT_CASES)).toEqual(alerts);
});

const worlds = Object.entries(ALERT_CASES).flatMap(([alert, { fires, quiet, afterMin }]) => [
  { name: `${alert} fires`, alert, series: fires, firing: true, afterMin },
  ...quiet.map((series, i) => ({
    name: `${alert} does not fire in world ${i + 1}`,
    ...{ alert, series, firing: false, afterMin },
  })),
]);

test.each(worlds)("$name", async ({ name, alert, series, firing, afterMin = 20 }) => {
  const expr = `count(ALERTS{alertname="${alert}",alertstate="firing"}) > bool 0 or vector(0)`;
  const samples = [{ labels: "{}", value: firing ? 1 : 0 }];
  const world = {
    interval: "1m",
    input_series: Object.entries(series).map(([one, values]) => ({ series: one, values })),
    promql_expr_test: [{ expr, eval_time: `${afterMin}m`, exp_samples: samples }],
  };
  const path = join(folder, `${name}.yaml`);
  await Bun.write(path, stringify({ rule_files: [file("alerts.yaml")], tests: [world] }));
  const { code, output } = await runTool("promtool", ["test", "rules", path]);
  expect([code, code === 0 ? "" : output]).toEqual([0, ""]);
});
