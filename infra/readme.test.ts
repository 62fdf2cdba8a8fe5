import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { renderConfigTable } from "./config-table.ts";

const root = new URL("../", import.meta.url);
const readme = await Bun.file(new URL("README.md", root)).text();

test("the README's configuration table is the one the schemas give; `bun run docs` renders it", () => {
  const [, table] = /<!-- config -->\n([\s\S]*)\n<!-- \/config -->/.exec(readme) ?? [];
  // Line by line, so that a difference prints its own lines and not the whole table.
  expect(table?.split("\n")).toEqual(renderConfigTable().split("\n"));
});

test("every command the README names is a script, and every path exists", async () => {
  const { scripts } = await Bun.file(new URL("package.json", root)).json();
  const commands = [...readme.matchAll(/bun(?:@[\d.]+)? run ([\w:]+)/g)].map(([, name]) => name);
  expect(commands.length).toBeGreaterThan(5);
  for (const name of commands) expect(Object.keys(scripts)).toContain(name ?? "");
  const paths = [...readme.matchAll(/`((?:services|lib|infra|migrations)\/[\w./-]+)`/g)];
  for (const [, path = ""] of paths)
    expect([path, existsSync(new URL(path, root))]).toEqual([path, true]);
});
