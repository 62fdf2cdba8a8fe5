import { renderSaved } from "./bench/keep.ts";
import { renderConfigTable } from "./config-table.ts";

/** `bun run docs`: writes the configuration table into the README, and saved figures into the benchmarks'. */
const file = new URL("../README.md", import.meta.url);
const readme = await Bun.file(file).text();
const between = /(<!-- config -->\n)[\s\S]*(<!-- \/config -->)/;
await Bun.write(
  file,
  readme.replace(between, (_, start, end) => `${start}${renderConfigTable()}\n${end}`),
);
await renderSaved();
