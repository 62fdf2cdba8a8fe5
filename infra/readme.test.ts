import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { renderConfigTable } from "./config-table.ts";

const root = new URL("../", import.meta.url);
const read = (path: string) => Bun.file(new URL(path, root)).text();
const manifest = await Bun.file(new URL("package.json", root)).json();

test("the README's configuration table is the one the schemas give; `bun run docs` renders it", async () => {
  const readme = await read("README.md");
  const [, table] = /<!-- config -->\n([\s\S]*)\n<!-- \/config -->/.exec(readme) ?? [];
  // Line by line, so that a difference prints its own lines and not the whole table.
  expect(table?.split("\n")).toEqual(renderConfigTable().split("\n"));
});

describe.each(["README.md", "CONTRIBUTING.md"])("%s", (file) => {
  test("names commands that are scripts, and paths that exist", async () => {
    const text = await read(file);
    const commands = [...text.matchAll(/bun(?:@[\d.]+)? run ([\w:]+)/g)].map(([, name]) => name);
    expect(commands.length).toBeGreaterThan(5);
    for (const name of commands) expect(Object.keys(manifest.scripts)).toContain(name ?? "");
    const paths = [...text.matchAll(/`((?:services|lib|infra|migrations)\/[\w./-]+)`/g)];
    for (const [, path = ""] of paths)
      expect([path, existsSync(new URL(path, root))]).toEqual([path, true]);
  });
});

test("the changelog opens with the version of the package", async () => {
  const [, newest] = /^## (\S+)/m.exec(await read("CHANGELOG.md")) ?? [];
  expect(newest).toBe(manifest.version);
});
