import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { contractions } from "#lib/testing/contractions.ts";

const projectFolder = resolve(import.meta.dir, "../..");
const folder = join(projectFolder, "migrations");

/**
 * The newest migration of the last release: everything after it runs under that release's processes, which are
 * replaced one by one, and come back with a rollback.
 */
const released = { version: "0.1.0", newest: "0003_auth.sql" };
/** Statements that remove or narrow what the last release no longer uses, each as the test prints it. */
const deliberate: readonly string[] = [];

const statementsOf = (file: string) =>
  readFileSync(join(folder, file), "utf8").split("--> statement-breakpoint");

test("the last release runs on the newest schema: migrations since then only add", () => {
  const files = readdirSync(folder).filter((file) => file.endsWith(".sql"));
  expect(files).toContain(released.newest);
  const since = files.filter((file) => file > released.newest).toSorted();
  expect(contractions(since.flatMap(statementsOf))).toEqual([...deliberate]);
});

test("the last release is the one that the changelog has last with a date", () => {
  const changelog = readFileSync(join(projectFolder, "CHANGELOG.md"), "utf8");
  const dated = /^## (\d+\.\d+\.\d+) \(\d{4}-\d\d-\d\d\)$/m.exec(changelog)?.[1];
  expect(released.version).toBe(dated ?? "");
});

const create = 'CREATE TABLE "a"."new" ("id" uuid PRIMARY KEY NOT NULL, "of" uuid)';

describe("a migration contracts where it", () => {
  test.each([
    'ALTER TABLE "a"."old" DROP COLUMN "x"',
    'DROP TABLE "a"."old"',
    'DROP INDEX "a"."old_x"',
    'ALTER TABLE "a"."old" RENAME COLUMN "x" TO "y"',
    'ALTER TABLE "a"."old" RENAME TO "other"',
    'ALTER TABLE "a"."old" SET SCHEMA "b"',
    'ALTER TABLE "a"."old" ALTER COLUMN "x" SET NOT NULL',
    'ALTER TABLE "a"."old" ALTER COLUMN "x" DROP DEFAULT',
    'ALTER TABLE "a"."old" ALTER COLUMN "x" SET DATA TYPE integer',
    'ALTER TABLE "a"."old" ADD COLUMN "x" text NOT NULL',
    'ALTER TABLE "a"."old" ADD COLUMN "x" text UNIQUE',
    'ALTER TABLE "a"."old" ADD COLUMN "x" text DEFAULT \'a\' CHECK (x <> \'\')',
    'ALTER TABLE "a"."old" ADD COLUMN "x" uuid REFERENCES "a"."new"("id")',
    'ALTER TABLE "a"."old" ADD COLUMN "x" text, DROP COLUMN "y"',
    'ALTER TABLE "a"."old" ADD CONSTRAINT "c" UNIQUE("x")',
    'ALTER TABLE "a"."old" ADD CONSTRAINT "c" CHECK ("x" > 0)',
    'CREATE UNIQUE INDEX "u" ON "a"."old" USING btree ("x")',
    'ALTER TABLE "a"."new" ADD CONSTRAINT "f" FOREIGN KEY ("of") REFERENCES "a"."old"("id") ON DELETE no action',
    'CREATE TABLE "a"."other" ("of" uuid REFERENCES "a"."old"("id"))',
    'UPDATE "a"."old" SET "x" = 1',
    'DELETE FROM "a"."old"',
    'INSERT INTO "a"."old" ("x") VALUES (1)',
    'CREATE TRIGGER t BEFORE INSERT ON "a"."old" EXECUTE FUNCTION f()',
    'REVOKE SELECT ON "a"."old" FROM eco2',
    'do $$ begin alter table "a"."old" drop column "x"; end $$',
  ])("says %s", (statement) => {
    expect(contractions([create, statement])).toHaveLength(1);
  });
});

test("what only adds passes", () => {
  const adds = [
    create,
    'CREATE SCHEMA "b";',
    "-- Why.\nCREATE EXTENSION IF NOT EXISTS cube;",
    'ALTER TABLE "a"."old" ADD COLUMN "x" text;',
    'ALTER TABLE "a"."old" ADD COLUMN "y" boolean DEFAULT false NOT NULL;',
    'CREATE INDEX "i" ON "a"."old" USING btree ("x");',
    'CREATE UNIQUE INDEX "u" ON "a"."new" USING btree ("of");',
    'ALTER TABLE "a"."new" ADD CONSTRAINT "f" FOREIGN KEY ("of") REFERENCES "a"."old"("id") ON DELETE cascade;',
    'INSERT INTO "a"."new" ("id") SELECT "id" FROM "a"."old";',
  ];
  expect(contractions(adds)).toEqual([]);
});
