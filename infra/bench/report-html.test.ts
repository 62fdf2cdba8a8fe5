import { describe, expect, test } from "bun:test";
import { numberText } from "./number-text.ts";
import { renderReport } from "./report-html.ts";
import { hostile, sampleResult } from "./sample-result.ts";
import { median } from "./statistics.ts";

const other = { ...sampleResult, name: "other", takenAt: "2026-01-03T00:00:00.000Z" };
const page = renderReport([sampleResult, other]);
const rows = [
  ...page.matchAll(/<tr><th scope="row">([^<]*)<\/th>\s*<td class="median">[\s\S]*?<\/tr>/g),
];
/** Of a whole page a failure should tell only what was looked for. */
const expectIn = (html: string, ...texts: string[]) => {
  expect(texts.filter((text) => !html.includes(text))).toEqual([]);
};
const rowOf = (label: string) => rows.find(([, text]) => text === label)?.[0] ?? "";
/** "met ≥ 900": what each chip of a row says. */
const chipsOf = (label: string) =>
  [...rowOf(label).matchAll(/class="chip ([\w-]+)"><b>(.)<\/b> <i>(\w+)<\/i> ([^<]+)</g)].map(
    (chip) => chip.slice(1),
  );

describe("the report", () => {
  test("shows every figure with its median and unit", () => {
    for (const { label, unit, runs } of sampleResult.figures.slice(0, 4)) {
      expect(rowOf(label)).toContain(`<b>${numberText(median(runs))}</b> ${unit}`);
    }
    expect(rows).toHaveLength(2 * sampleResult.figures.length);
  });

  test("marks what is met and what is missed, and aims apart from musts", () => {
    expect(chipsOf("meets both")).toEqual([
      ["met", "✓", "must", "≥ 900"],
      ["met", "✓", "aim", "≥ 1,600"],
    ]);
    expect(chipsOf("meets must only")).toEqual([
      ["met", "✓", "must", "≤ 1"],
      ["missed-aim", "✗", "aim", "≤ 0.6"],
    ]);
    expect(chipsOf("meets none")).toEqual([["missed-must", "✗", "must", "≤ 300"]]);
    expect(chipsOf("is not bounded")).toEqual([]);
  });

  test("counts what is met over all benchmarks, those of quick runs apart", () => {
    const told = (html: string) =>
      [...html.matchAll(/<b>(\d+)<\/b> of (\d+ \w+) met/g)].map(([, met, of]) => `${met} of ${of}`);
    const bounded = { ...sampleResult, figures: sampleResult.figures.slice(0, 3) };
    const twice = [bounded, { ...bounded, name: "other" }];
    expect(told(renderReport(twice))).toEqual(["4 of 6 musts", "2 of 4 aims"]);
    const quick = [bounded, { ...other, quick: true }];
    expect(told(renderReport(quick))).toEqual(["2 of 3 musts", "1 of 2 aims"]);
  });

  test("has a place for every benchmark, a way to it, and the command that repeats it", () => {
    for (const name of ["sample", "other"]) {
      expectIn(page, `<section id="${name}">`);
      expectIn(page, `<a href="#${name}">`);
    }
    expectIn(page, "<code>bun run bench sample</code>");
  });

  test("names the machine, the versions, the commit, the date and the load", () => {
    for (const text of [
      "2 cores",
      "Some CPU",
      "RabbitMQ 3.10.8",
      "commit abc1234",
      "0.50 0.25 1.00",
    ]) {
      expectIn(page, text);
    }
    expectIn(page, "2026-01-02 03:04 UTC");
  });

  test("draws a run where it lies: bounds, runs and median on one line", () => {
    const row = rowOf("meets both");
    const at = (pattern: RegExp) => Number(pattern.exec(row)?.[1]);
    const must = at(/class="end must" style="left:([\d.]+)%/);
    const aim = at(/class="end aim" style="left:([\d.]+)%/);
    const middle = at(/class="middle" style="left:([\d.]+)%/);
    expect(must).toBeLessThan(aim);
    expect(middle).toBe(aim);
    expect(row.match(/class="run"/g)).toHaveLength(3);
    expect(row).toContain("runs: 1,600 jobs/s, 1,500 jobs/s, 1,700 jobs/s");
  });

  test("splits the CPU time by process", () => {
    expectIn(page, "<b>0.8</b> ms of CPU per job");
    expectIn(page, 'style="flex-grow:75.00" title="worker: 0.6 ms, 75 %"');
    const [row = ""] = /<tr>[^\n]*worker<\/th>[\s\S]*?<\/tr>/.exec(page) ?? [];
    expect(
      [...row.matchAll(/<td.*?<\/td>/g)].map(([cell]) => cell.replaceAll(/<.*?>/g, "")),
    ).toEqual([...["0.6", "75 %", "150"]]);
  });

  test("warns of a quick run", () => {
    expect(page.includes("mean nothing")).toBe(false);
    expectIn(renderReport([{ ...sampleResult, quick: true }]), "these figures mean nothing");
  });

  test("escapes every text it is given", () => {
    const ours = page.replaceAll(/<style>[\s\S]*?<\/style>/g, "");
    expect(ours.includes(hostile)).toBe(false);
    expect(/<b>"x"|"x" &/.exec(ours)).toBeNull();
    expectIn(ours, "Nothing &lt;b&gt;&quot;x&quot; &amp; &#39;y&#39;&lt;/b&gt;| real.");
  });

  test("needs nothing from elsewhere and runs nothing", () => {
    expect(/<script|<link|<img|@import|url\(|https?:|\son\w+=/.exec(page)).toBeNull();
    expectIn(page, "default-src 'none'");
  });

  test("shows no number that is none", () => {
    const ours = page.replaceAll(/<style>[\s\S]*?<\/style>/g, "");
    expect(/NaN|Infinity|undefined/.exec(ours)).toBeNull();
  });
});

test("a report of nothing says so", () => {
  expectIn(renderReport([]), "Nothing has been measured yet.");
});
