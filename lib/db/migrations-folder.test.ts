import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { migrationsFolder } from "./migrations-folder.ts";

test("a compiled program carries every migration and the journal", async () => {
  const source = await Bun.file(new URL("migrations-folder.ts", import.meta.url)).text();
  const imported = [...source.matchAll(/"#migrations\/([^"]+)"/g)].map(([, path]) => path ?? "");
  const statements = readdirSync(migrationsFolder).filter((name) => name.endsWith(".sql"));
  expect(imported.toSorted()).toEqual([...statements, "meta/_journal.json"].toSorted());
});
