import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { BENCHES } from "./benches.ts";
import { renderChart } from "./chart-svg.ts";
import { chartFile, putFigures } from "./readme.ts";
import { Result } from "./result.ts";

/** What the README quotes, committed with the code. */
export const savedFolder = join(import.meta.dir, "results");

/** Writes the result as JSON and its charts beside it; returns the path of the first. */
export async function writeResult(folder: string, result: Result): Promise<string> {
  const path = join(folder, `${result.name}.json`);
  await Bun.write(path, `${JSON.stringify(v.parse(Result, result), null, 2)}\n`);
  for (const [file, svg] of await renderCharts(result)) await Bun.write(join(folder, file), svg);
  return path;
}

/** In the order in which the README shows them. */
export async function readSaved(): Promise<Result[]> {
  const names = (await readdir(savedFolder)).filter((name) => name.endsWith(".json"));
  const results = await Promise.all(names.map((name) => readResult(join(savedFolder, name))));
  const order = BENCHES.map(({ name }) => name);
  return results.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
}

/** The charts and the README's part, from the saved results; a chart that none has any more goes. */
export async function renderSaved(): Promise<void> {
  const results = await readSaved();
  const charts = new Map((await Promise.all(results.map(renderCharts))).flatMap((all) => [...all]));
  for (const file of await readdir(savedFolder)) {
    if (file.endsWith(".svg") && !charts.has(file)) await rm(join(savedFolder, file));
  }
  for (const [file, svg] of charts) await Bun.write(join(savedFolder, file), svg);
  const readme = Bun.file(join(import.meta.dir, "README.md"));
  await Bun.write(readme, putFigures(await readme.text(), results));
}

/** File names and contents. */
export async function renderCharts({ name, charts }: Result): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const chart of charts) files.set(chartFile(name, chart), await renderChart(chart));
  if (files.size < charts.length) throw new Error(`${name}: two charts have one title`);
  return files;
}

/** @throws Error when the file holds something else. */
export async function readResult(path: string): Promise<Result> {
  const read = v.safeParse(Result, await Bun.file(path).json());
  if (read.success) return read.output;
  throw new Error(`${path} is no result: ${v.summarize(read.issues)}`);
}
