import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BENCHES } from "./benches.ts";
import { putFigures, renderFigures } from "./readme.ts";
import type { Result } from "./result.ts";
import { readResult, readSaved, renderCharts, savedFolder } from "./results.ts";

const readme = readFileSync(join(import.meta.dir, "README.md"), "utf8");
const saved = await readSaved();

describe("the README", () => {
  test("shows the figures that the saved results give (bun run bench --save)", () => {
    expect(readme).toContain(`<!-- figures -->\n${renderFigures(saved)}\n<!-- /figures -->`);
    expect(putFigures(readme, saved)).toBe(readme);
  });

  test("has beside the results the charts that they give, and no others", async () => {
    const plots = new Map((await Promise.all(saved.map(renderCharts))).flatMap((all) => [...all]));
    const files = existsSync(savedFolder) ? readdirSync(savedFolder) : [];
    expect(files.filter((file) => file.endsWith(".svg")).sort()).toEqual([...plots.keys()].sort());
    for (const [file, text] of plots) {
      expect([file, readFileSync(join(savedFolder, file), "utf8") === text]).toEqual([file, true]);
    }
  }, 60_000);

  test("quotes no quick run", () => {
    expect(saved.filter(({ quick }) => quick)).toEqual([]);
  });

  test("names every benchmark there is", () => {
    for (const { name } of BENCHES) expect(readme).toContain(`| \`${name}\` |`);
  });
});

/** What makes Markdown or HTML of its own. */
const hostile = `<b>"x" & 'y'</b>|`;
const sample: Result = {
  ...(await readResult(join(savedFolder, "overhead.json"))),
  measures: `Nothing ${hostile} real.`,
  figures: [
    {
      ...{ label: "meets both", unit: "jobs/s", runs: [1_600, 1_500, 1_700] },
      ...{ must: { atLeast: 900 }, aim: { atLeast: 1_600 } },
    },
    {
      ...{ label: "meets must", unit: "ms", runs: [0.7, 0.5, 0.8] },
      ...{ must: { atMost: 1 }, aim: { atMost: 0.6 } },
    },
    { label: "meets none", unit: "MB", runs: [301], must: { atMost: 300 } },
    { label: `was not measured ${hostile}`, unit: "s", runs: [] },
  ],
};

describe("the figures", () => {
  const text = renderFigures([sample]);

  test("are a table: median, spread, must and aim", () => {
    const row = (label: string) => text.split("\n").find((line) => line.startsWith(`| ${label}`));
    expect(row("meets both")).toBe(
      "| meets both | **1,600** jobs/s | 1,500 – 1,700 | ✓ ≥ 900 | ✓ ≥ 1,600 |",
    );
    expect(row("meets must")).toEndWith("| ✓ ≤ 1 | ✗ ≤ 0.6 |");
    expect(row("meets none")).toBe("| meets none | **301** MB |  | ✗ ≤ 300 |  |");
  });

  test("come with their command, their machine and their plots", () => {
    expect(text).toContain("```sh\nbun run bench overhead\n```");
    expect(text).toContain(`median of 3, commit ${sample.commit} · 2 cores`);
    expect(text).toContain("](results/overhead-scans-drained.svg)");
  });

  test("hold no text that Markdown or HTML would take for its own", () => {
    expect(text).not.toContain(hostile);
    expect(text).not.toContain("<b>");
    const tables = text.split("\n").filter((line) => line.startsWith("|"));
    for (const line of tables) expect(line.split("|")).toHaveLength(7);
  });

  test("are a sentence where nothing is saved", () => {
    expect(renderFigures([])).toMatch(/^No results are saved yet: .*\.$/);
  });

  test("go between the markers, and nothing else changes", () => {
    const page = "a\n<!-- figures -->\nold $& $1\n<!-- /figures -->\nb\n";
    expect(putFigures(page, [])).toBe(
      `a\n<!-- figures -->\n${renderFigures([])}\n<!-- /figures -->\nb\n`,
    );
    expect(() => putFigures("no markers", [])).toThrow(/markers/);
  });
});
