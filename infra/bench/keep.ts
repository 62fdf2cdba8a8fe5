import { mkdirSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { inOrder } from "./benches.ts";
import { putFigures, renderPlots } from "./readme.ts";
import { renderReport } from "./report-html.ts";
import { type Result, readResults, writeResult } from "./result.ts";

/** What the README quotes, committed with the code. */
export const savedFolder = join(import.meta.dir, "results");

/**
 * Writes the result, and the report of all that lie beside it, so that benchmarks run one after
 * another fill one report. Returns the report's path.
 */
export async function keepResult(folder: string, result: Result): Promise<string> {
  await writeResult(join(folder, "results"), result);
  const report = join(folder, "report.html");
  await Bun.write(report, renderReport(inOrder(await readResults(join(folder, "results")))));
  return report;
}

/** Writes the result where the README quotes it from, and the README's part with it. */
export async function saveResult(result: Result): Promise<void> {
  await format(await writeResult(savedFolder, result));
  await renderSaved();
}

/** In the order in which the README shows them. */
export async function readSaved(): Promise<readonly Result[]> {
  return inOrder(await readResults(savedFolder));
}

/** The plots and the README's part, from the saved results; a plot that none has any more goes. */
export async function renderSaved(): Promise<void> {
  mkdirSync(savedFolder, { recursive: true });
  const results = await readSaved();
  const plots = new Map(results.flatMap((result) => [...renderPlots(result)]));
  for (const file of await readdir(savedFolder)) {
    if (file.endsWith(".svg") && !plots.has(file)) await rm(join(savedFolder, file));
  }
  for (const [file, text] of plots) await Bun.write(join(savedFolder, file), text);
  const readme = Bun.file(join(import.meta.dir, "README.md"));
  await Bun.write(readme, putFigures(await readme.text(), results));
}

/** As `bun run check` wants it: the file is committed. */
async function format(path: string): Promise<void> {
  const biome = join(import.meta.dir, "../../node_modules/.bin/biome");
  const command = [biome, "format", "--write", path];
  const child = Bun.spawn(command, { stdin: "ignore", stdout: "ignore", stderr: "pipe" });
  const [said, code] = await Promise.all([new Response(child.stderr).text(), child.exited]);
  if (code !== 0) throw new Error(`biome could not format ${path}: ${said.trim()}`);
}
