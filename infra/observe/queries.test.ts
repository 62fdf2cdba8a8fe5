import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DASHBOARDS } from "./dashboards.ts";
import { declaredMetrics } from "./declared-metrics.ts";
import { brokerMetrics, ownLabels } from "./foreign-metrics.ts";
import { readQuery } from "./read-query.ts";
import { renderDashboards } from "./render-dashboards.ts";
import { ruleGroups } from "./rules.ts";

const root = join(import.meta.dir, "../..");
const alerts = ruleGroups.flatMap(({ rules }) => rules);
const queries = [
  ...alerts.map(({ alert, expr }) => [alert, expr] as const),
  ...DASHBOARDS.flatMap(({ uid, panels }) =>
    panels.flatMap(({ title, queries: all }) =>
      all.map(([expr]) => [`${uid}: ${title}`, expr] as const),
    ),
  ),
];

/** Labels by the name of what is scraped: a histogram is three names. */
const known = new Map<string, readonly string[]>(Object.entries(brokerMetrics));
known.set("up", []);
for (const { name, type, labelNames } of (await declaredMetrics()).values()) {
  if (type !== "histogram") known.set(name, labelNames);
  else
    for (const end of ["_bucket", "_sum", "_count"])
      known.set(name + end, labelsOf(end, labelNames));
}
function labelsOf(end: string, labelNames: readonly string[]): readonly string[] {
  return end === "_bucket" ? [...labelNames, "le"] : labelNames;
}

test.each(queries)("%s asks for what exists: %s", (_, expr) => {
  const { wrongAt, selectors, grouping } = readQuery(expr.replaceAll("$__rate_interval", "1m"));
  expect(wrongAt).toBeUndefined();
  expect(selectors.length).toBeGreaterThan(0);
  const all = selectors.flatMap(({ metric, labels }) => {
    expect([...known.keys()]).toContain(metric);
    const allowed = [...(known.get(metric) ?? []), ...ownLabels];
    for (const label of labels)
      expect([metric, allowed]).toEqual([metric, expect.arrayContaining([label])]);
    return allowed;
  });
  for (const label of grouping) expect(all).toContain(label);
});

test("a query that is none, or that names nothing, is found", () => {
  expect(readQuery("sum(rate(eco2_x[5m])").wrongAt).toBeNumber();
  expect(readQuery('sum by (a, b) (x{c="1"}) > on (d) y')).toEqual({
    wrongAt: undefined,
    selectors: [
      { metric: "x", labels: ["c"] },
      { metric: "y", labels: [] },
    ],
    grouping: ["a", "b", "d"],
  });
});

describe("an alert names a command that exists:", () => {
  test.each(alerts.map(({ alert, annotations }) => [alert, annotations.runbook] as const))(
    "%s",
    async (_, runbook) => {
      const { scripts } = await Bun.file(join(root, "package.json")).json();
      const commands = [...runbook.matchAll(/`([^`]+)`/g)].map(([, command = ""]) => command);
      expect(commands.length).toBeGreaterThan(0);
      for (const command of commands) {
        const [, name] = /^(?:bun run (\w+)|kubectl -n eco2 )/.exec(command) ?? [command];
        if (!command.startsWith("kubectl")) expect(Object.keys(scripts)).toContain(String(name));
      }
      for (const [path] of runbook.matchAll(/(?:infra|services)\/[\w./-]*\w/g))
        expect([path, existsSync(join(root, path))]).toEqual([path, true]);
    },
  );
});

describe("dashboards", () => {
  const folder = join(import.meta.dir, "grafana/dashboards");
  test("are rendered as committed: `bun run docs` renders them", async () => {
    const rendered = renderDashboards();
    expect(readdirSync(folder).sort()).toEqual([...rendered.keys()].sort());
    for (const [name, text] of rendered) {
      expect([name, await Bun.file(join(folder, name)).text()]).toEqual([name, text]);
    }
  });

  test("show every metric of ours", async () => {
    const shown = new Set(
      queries.flatMap(([, expr]) =>
        readQuery(expr.replaceAll("$__rate_interval", "1m")).selectors.map(({ metric }) => metric),
      ),
    );
    const own = [...(await declaredMetrics()).keys()].filter((name) => name.startsWith("eco2_"));
    const hidden = own.filter(
      (name) => !["", "_bucket", "_count"].some((end) => shown.has(name + end)),
    );
    expect(hidden).toEqual([]);
  });
});
