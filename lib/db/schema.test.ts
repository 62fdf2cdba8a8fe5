import { afterAll, expect, test } from "bun:test";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";

const projectFolder = resolve(import.meta.dir, "../..");
const migrations = join(projectFolder, "migrations");
const copy = mkdtempSync(join(tmpdir(), "eco2-migrations-"));
afterAll(() => rmSync(copy, { recursive: true }));

test("the migrations make exactly the schema the code uses: nothing is left to generate", async () => {
  cpSync(migrations, copy, { recursive: true });
  const before = readdirSync(copy, { recursive: true }).sort();
  const kit = join(projectFolder, "node_modules/drizzle-kit/bin.cjs");
  const child = Bun.spawn(
    [
      ...[process.execPath, kit, "generate", "--dialect", "postgresql"],
      ...["--schema", "lib/db/*schema.ts", "--out", relative(projectFolder, copy)],
    ],
    { cwd: projectFolder, stdin: "ignore", stdout: "pipe", stderr: "pipe" },
  );
  const [output, code] = await Promise.all([new Response(child.stdout).text(), child.exited]);
  expect([code, output]).toEqual([0, expect.stringContaining("No schema changes")]);
  expect(readdirSync(copy, { recursive: true }).sort()).toEqual(before);
}, 20_000);

test("every migration is listed once, in order, and never drops what users own", () => {
  const journal = JSON.parse(readFileSync(join(migrations, "meta/_journal.json"), "utf8"));
  const listed = journal.entries.map(({ tag }: { tag: string }) => `${tag}.sql`);
  const files = readdirSync(migrations).filter((name) => name.endsWith(".sql"));
  expect(listed).toEqual(files.sort());
  const times = journal.entries.map(({ when }: { when: number }) => when);
  // Drizzle applies only what is newer than the last one it applied.
  expect(times).toEqual(times.toSorted((a: number, b: number) => a - b));
  for (const name of files) {
    expect(readFileSync(join(migrations, name), "utf8")).not.toMatch(
      /\b(drop\s+(table|schema)|truncate|delete\s+from)\b/i,
    );
  }
});
