import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { createServer } from "node:net";
import { sql } from "drizzle-orm";
import postgres from "postgres";
import { serviceUrls } from "#lib/testing/services.ts";
import { startTcpProxy } from "#lib/testing/tcp-proxy.ts";
import { until } from "#lib/testing/until.ts";
import { connectDatabase, connectUnmigrated, type Database } from "./client.ts";
import { migrate } from "./migrate.ts";
import { pendingMigrations, shippedMigrations } from "./pending-migrations.ts";
import type { Drizzle } from "./pool.ts";

const { password } = new URL(serviceUrls.DATABASE_URL);
const proxy = startTcpProxy(serviceUrls.DATABASE_URL);
const open: Database[] = [];
let admin: postgres.Sql;

beforeAll(async () => {
  await migrate(serviceUrls.DATABASE_URL);
  admin = postgres(serviceUrls.DATABASE_URL, { max: 1, onnotice: () => undefined });
});
afterEach(async () => {
  proxy.heal();
  await Promise.all(open.splice(0).map((connection) => connection.close()));
});
afterAll(async () => {
  await admin.end();
  proxy.stop();
});

function changed(change: Partial<URL>): string {
  return Object.assign(new URL(serviceUrls.DATABASE_URL), change).href;
}

async function connect(url = serviceUrls.DATABASE_URL): Promise<Database> {
  const connection = await connectDatabase(url);
  open.push(connection);
  return connection;
}

/** What became of a call: `fine`, or the code it failed with; and how long that took. */
async function outcome(
  { call }: Database,
  query: (db: Drizzle) => PromiseLike<unknown> = (db) => db.execute(sql`select 1`),
): Promise<{ code: string; ms: number }> {
  const startedAt = performance.now();
  const code = await call(query).then(
    () => "fine",
    (error: unknown) => (error instanceof Error && "code" in error ? String(error.code) : "?"),
  );
  return { code, ms: performance.now() - startedAt };
}

/** The server processes behind the pool: all eight, since each sleeps a little. */
async function backends({ call }: Database): Promise<Set<number>> {
  const one = () => call((db) => db.execute(sql`select pg_backend_pid() as pid, pg_sleep(0.1)`));
  const rows = await Promise.all(Array.from({ length: 8 }, one));
  return new Set(rows.map(([row]) => Number(row?.pid)));
}

describe("a PostgreSQL that cannot be used stops the boot, names DATABASE_URL and no password:", () => {
  test.each<[string, string]>([
    ["a wrong password", changed({ password: "hunter2hunter2" })],
    ["a wrong user", changed({ username: "nobody-here" })],
    ["a database that does not exist", changed({ pathname: "/nowhere" })],
    ["nobody listening", changed({ port: "1" })],
    ["a host that does not exist", changed({ hostname: "postgres.invalid" })],
  ])("%s", (_, url) => expectRefusal(url));
});

describe("where nobody answers", () => {
  const silent = createServer(() => undefined);
  afterAll(() => {
    silent.close();
  });
  const listen = () =>
    new Promise<string>((resolve) => {
      silent.listen(0, "127.0.0.1", () => {
        const address = silent.address();
        resolve(typeof address === "object" && address ? String(address.port) : "0");
      });
    });

  test.concurrent("the boot stops within its deadline", async () => {
    const redis = new URL(serviceUrls.REDIS_URL).port;
    await Promise.all(
      [await listen(), redis].map((other) => expectRefusal(changed({ port: other }))),
    );
  }, 12_000);

  test.concurrent("a query ends as UNAVAILABLE, and the next one finds a connection that works", async () => {
    const own = startTcpProxy(serviceUrls.DATABASE_URL);
    const database = await connectDatabase(own.url);
    const untouched = await connectDatabase(serviceUrls.DATABASE_URL);
    // Every slot of the pool holds a connection that is about to be forgotten.
    await backends(database);
    const others = await backends(untouched);
    own.blackhole("both");
    const { code, ms } = await outcome(database);
    expect(code).toBe("UNAVAILABLE");
    expect(ms).toBeWithin(5_000, 11_000);
    // The network still holds on to what it had: only new connections work.
    const after = await outcome(database);
    expect([after.code, after.ms < 1_000]).toEqual(["fine", true]);
    expect(await backends(untouched)).toEqual(others);
    await Promise.all([database.close(), untouched.close()]);
    own.stop();
  }, 20_000);
});

test.concurrent("a call past its deadline fails alone while others of its pool succeed", async () => {
  const database = await connectDatabase(serviceUrls.DATABASE_URL);
  const before = await backends(database);
  const slow = outcome(database, async (db) => {
    for (let i = 0; i < 3; i++) await db.execute(sql`select pg_sleep(3)`);
  });
  const quick = await Promise.all(
    Array.from({ length: 6 }, async (_, second) => {
      await Bun.sleep(second * 1_000);
      return outcome(database);
    }),
  );
  expect(quick.map(({ code }) => code)).toEqual(Array(6).fill("fine"));
  const { code, ms } = await slow;
  expect([code, ms < 8_900]).toEqual(["UNAVAILABLE", true]);
  expect((await backends(database)).isSubsetOf(before)).toBe(true);
  await database.close();
}, 20_000);

async function expectRefusal(url: string): Promise<void> {
  const startedAt = performance.now();
  const refused = await connectDatabase(url).catch((error: unknown) => error);
  expect(String(refused)).toStartWith("BootError: DATABASE_URL: PostgreSQL cannot be used (");
  for (const secret of ["hunter2", password]) expect(String(refused)).not.toContain(secret);
  expect(performance.now() - startedAt).toBeLessThan(10_000);
}

describe("a query", () => {
  test("that takes too long is given up on the server as well, as UNAVAILABLE", async () => {
    const database = await connect();
    const { code, ms } = await outcome(database, (db) =>
      db.execute(sql`set local statement_timeout = 100; select pg_sleep(30)`),
    );
    expect([code, ms < 5_000]).toEqual(["UNAVAILABLE", true]);
    const [setting] = await database.call((db) => db.execute(sql`show statement_timeout`));
    expect(setting).toEqual({ statement_timeout: "7s" });
  });

  test("that breaks a constraint, or is wrong, stays a bug", async () => {
    const database = await connect();
    const code = (query: ReturnType<typeof sql>) =>
      database
        .call((db) => db.execute(query))
        .then(
          () => "fine",
          (error: unknown) => (error instanceof Error ? [error.name, causeCode(error)] : error),
        );
    // Drizzle wraps the driver's error; a Fault would have no such cause.
    expect(await code(sql`select 1 / 0`)).toEqual([expect.any(String), "22012"]);
    const broken = sql`with t as (select 1) insert into pg_temp.x select null from t`;
    await database.call((db) => db.execute(sql`select 1`));
    expect(await code(broken)).not.toContain("UNAVAILABLE");
  });
});

describe("a database that was not migrated", () => {
  const next = { tag: "9999_next", when: 9e15 };

  test("stops the boot with one line that says what to run; a newer one does not", async () => {
    // Every server has this one, and nobody migrates it.
    const bare = changed({ pathname: "/postgres" });
    const refused = await connectDatabase(bare).catch((error: unknown) => error);
    const names = shippedMigrations.map(({ tag }) => tag).join(", ");
    expect(String(refused)).toBe(
      `BootError: DATABASE_URL: not migrated (missing: ${names}); run \`bun run migrate\``,
    );
    const database = await connect();
    expect(await pendingMigrations(database, [...shippedMigrations, next])).toEqual([next.tag]);
    expect(await pendingMigrations(database, shippedMigrations.slice(0, -1))).toEqual([]);
  });

  test("may be looked at all the same, and what it has not is a bug of the query", async () => {
    const database = await connectUnmigrated(changed({ pathname: "/postgres" }));
    open.push(database);
    expect(await pendingMigrations(database)).toHaveLength(shippedMigrations.length);
    const query = database.call((db) => db.execute(sql`select nothing from users.accounts`));
    const met = await query.catch((error: unknown) => error);
    expect([String(met), causeCode(met)]).toEqual([expect.stringMatching(/^Error: /), "42P01"]);
  });
});

describe("what is set for the role", () => {
  /** For sessions that begin while `during` runs. */
  async function withSetting(
    [name, value]: readonly [string, string],
    during: () => Promise<void>,
  ): Promise<void> {
    const { username, pathname } = new URL(serviceUrls.DATABASE_URL);
    const role = `alter role "${username}" in database "${pathname.slice(1)}"`;
    await admin.unsafe(`${role} set ${name} = '${value}'`);
    try {
      await during();
    } finally {
      await admin.unsafe(`${role} reset ${name}`);
    }
  }
  const readOnly = ["default_transaction_read_only", "on"] as const;
  const write = (db: Drizzle) => db.execute(sql`update scan.scans set status = status where false`);

  test("as its date style does not change what a timestamp is read from", () =>
    withSetting(["datestyle", "German"], async () => {
      const database = await connect();
      const [row] = await database.call((db) => db.execute(sql`select to_timestamp(0) as at`));
      expect(Date.parse(String(row?.at))).toBe(0);
    }));

  test("as read-only ends with it, although the connections stay: writes work again", async () => {
    let database = await connect();
    await withSetting(readOnly, async () => {
      database = await connect();
      expect(await outcome(database, write)).toMatchObject({ code: "UNAVAILABLE" });
      await expect(database.checkWritable()).rejects.toMatchObject({ code: "UNAVAILABLE" });
      expect(await outcome(database)).toMatchObject({ code: "fine" });
    });
    await until(async () => (await outcome(database, write)).code === "fine");
    await database.checkWritable();
  });

  test("as read-only costs few connections, however many calls are refused", async () => {
    await withSetting(readOnly, async () => {
      const database = await connect();
      const pids = new Set<number>();
      const endAt = performance.now() + 1_500;
      while (performance.now() < endAt) {
        await outcome(database, write);
        const [row] = await database.call((db) => db.execute(sql`select pg_backend_pid() as pid`));
        pids.add(Number(row?.pid));
      }
      expect(pids.size).toBeLessThanOrEqual(3 * 8);
    });
  });
});

describe("while PostgreSQL is away", () => {
  test("queries fail as UNAVAILABLE, and work again after it", async () => {
    const database = await connect(proxy.url);
    proxy.refuse();
    proxy.reset();
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => outcome(database)));
    for (const { code, ms } of outcomes) {
      expect(code).toBe("UNAVAILABLE");
      expect(ms).toBeLessThan(11_000);
    }
    proxy.heal();
    await until(() => database.checkWritable().then(() => true));
  }, 30_000);

  test("every query settles while its connections are terminated, and the pool recovers", async () => {
    const database = await connect();
    const seen = new Map<string, number>();
    const pids = new Set<number>();
    let isTerminating = true;
    const terminator = (async () => {
      for (let round = 0; round < 40; round++) {
        // Only backends this pool has told us of: others use the same database.
        const mine = [...pids].splice(0);
        pids.clear();
        if (mine.length > 0)
          await admin`select pg_terminate_backend(pid) from unnest(${mine}::int[]) as t(pid)`;
        await Bun.sleep(5);
      }
      isTerminating = false;
    })();
    const clients = Array.from({ length: 16 }, async () => {
      while (isTerminating) {
        const { code, ms } = await outcome(database, async (db) => {
          const [row] = await db.execute(sql`select pg_backend_pid() as pid`);
          pids.add(Number(row?.pid));
          await db.execute(sql`select pg_sleep(0.005)`);
        });
        seen.set(code, (seen.get(code) ?? 0) + 1);
        // Far below the deadline, which also replaces the pool.
        expect(ms).toBeLessThan(5_000);
      }
    });
    await Promise.all([terminator, ...clients]);
    expect([...seen.keys()].sort()).toEqual(["UNAVAILABLE", "fine"]);
    expect(seen.get("fine")).toBeGreaterThan(10);
    // The last connection that was terminated may still be reported as lost.
    await until(async () => {
      const after = await Promise.all(Array.from({ length: 16 }, () => outcome(database)));
      return after.every(({ code }) => code === "fine");
    });
  }, 60_000);
});

function causeCode(error: unknown): unknown {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause ? cause.code : undefined;
}
