import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import postgres from "postgres";
import { CHARACTERS } from "#lib/contract/characters.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { connectDatabase } from "./client.ts";
import { migrate } from "./migrate.ts";

const journal = new URL("../../migrations/meta/_journal.json", import.meta.url);
const migrationCount: number = JSON.parse(readFileSync(journal, "utf8")).entries.length;
const url = serviceUrls.DATABASE_URL;
let sql: postgres.Sql;

beforeAll(async () => {
  sql = postgres(url, { max: 2, onnotice: () => undefined });
  await migrate(url);
});
afterAll(() => sql.end());

const applied = async () =>
  (await sql`select hash from drizzle.__drizzle_migrations order by id`).map((row) => row.hash);

describe("migrate", () => {
  test("run by five at once leaves each migration applied once", async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => migrate(url)));
    expect(outcomes.map(({ status }) => status)).toEqual(Array(5).fill("fulfilled"));
    const hashes = await applied();
    expect(hashes).toHaveLength(migrationCount);
    expect(new Set(hashes).size).toBe(migrationCount);
  });

  test("waits while another one works, and goes on when that one is done", async () => {
    const other = await sql.reserve();
    const [{ pid } = { pid: 0 }] = await other`select pg_backend_pid() as pid`;
    await other`select pg_advisory_lock(20260101)`;
    let isDone = false;
    const waiting = migrate(url).then(() => {
      isDone = true;
    });
    await until(
      async () =>
        (
          await sql`select 1 from pg_locks where locktype = 'advisory' and not granted
            and ${pid}::int = any(pg_blocking_pids(pid))`
        ).length > 0,
    );
    expect(isDone).toBe(false);
    await other`select pg_advisory_unlock(20260101)`;
    await waiting;
    // Nobody holds on to the lock afterwards. Asked for by a session that gives it back.
    await other`select pg_advisory_lock(20260101)`;
    await other`select pg_advisory_unlock(20260101)`;
    other.release();
  });

  test("leaves a database of a newer release as it is, and says so", async () => {
    const later = Date.now() + 1_000_000_000_000;
    await sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('newer', ${later})`;
    await sql`update character.characters set dialog = 'newer' where code = 'char-eco'`;
    try {
      expect(await migrate(url)).toBe(1);
      const [eco] = await sql`select dialog from character.characters where code = 'char-eco'`;
      expect(eco?.dialog).toBe("newer");
      // A process of the release before runs on it.
      await (await connectDatabase(url)).close();
    } finally {
      await sql`delete from drizzle.__drizzle_migrations where hash = 'newer'`;
    }
    expect(await migrate(url)).toBe(0);
  });

  test("brings the shipped characters, all of them, as they are shipped", async () => {
    const codes = CHARACTERS.map(({ code }) => code);
    expect(codes).toHaveLength(13);
    await sql`update character.characters set dialog = 'old', name = 'old' where code = 'char-eco'`;
    await migrate(url);
    const rows = await sql`select code, name, match_label, dialog, is_default
      from character.characters where code in ${sql(codes)}`;
    const expected = CHARACTERS.map((one) => ({
      code: one.code,
      name: one.name,
      match_label: one.matchLabel,
      dialog: one.dialog,
      is_default: one.isDefault,
    }));
    const byCode = (a: { code?: string }, b: { code?: string }) =>
      String(a.code).localeCompare(String(b.code));
    expect([...rows].map((row) => ({ ...row })).sort(byCode)).toEqual(expected.sort(byCode));
  });

  test("leaves a character an operator added alone", async () => {
    const code = `test-${crypto.randomUUID()}`;
    await sql`insert into character.characters (code, name, match_label, dialog)
      values (${code}, 'n', ${code}, 'd')`;
    await migrate(url);
    const [row] =
      await sql`delete from character.characters where code = ${code} returning name, dialog`;
    expect({ ...row }).toEqual({ name: "n", dialog: "d" });
  });

  test.each([
    ["a wrong password", { password: "hunter2hunter2" }],
    ["a database that does not exist", { pathname: "/nowhere" }],
    ["nobody listening", { port: "1" }],
  ])(
    "names DATABASE_URL and no password when there is %s",
    async (_, change) => {
      const wrong = Object.assign(new URL(url), change).href;
      const refused = await migrate(wrong).catch((error: unknown) => error);
      expect(String(refused)).toStartWith("BootError: DATABASE_URL: migration failed (");
      for (const secret of ["hunter2", new URL(url).password]) {
        expect(String(refused)).not.toContain(secret);
      }
    },
    15_000,
  );
});

describe("the database keeps the promises that no code can", () => {
  test("one ownership and one collection entry per user and character", async () => {
    const unique =
      await sql`select conrelid::regclass::text as table, pg_get_constraintdef(oid) as rule
      from pg_constraint where contype = 'u' and conname like '%user_code'`;
    expect(unique.map((row) => `${row.table} ${row.rule}`).sort()).toEqual([
      '"character".character_ownerships UNIQUE (user_id, character_code)',
      "users.user_characters UNIQUE (user_id, character_code)",
    ]);
  });
});
