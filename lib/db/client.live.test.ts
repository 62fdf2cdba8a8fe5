import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { createServer } from "node:net";
import { sql } from "drizzle-orm";
import postgres from "postgres";
import { serviceUrls } from "#lib/testing/services.ts";
import { startTcpProxy } from "#lib/testing/tcp-proxy.ts";
import { until } from "#lib/testing/until.ts";
import { connectDatabase, type DatabaseConnection, databaseCall } from "./client.ts";

const { hostname, port, password } = new URL(serviceUrls.DATABASE_URL);
const proxy = startTcpProxy({ hostname, port: Number(port || 5432) });
const open: DatabaseConnection[] = [];
let admin: postgres.Sql;

beforeAll(() => {
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

async function connect(url = serviceUrls.DATABASE_URL): Promise<DatabaseConnection> {
  const connection = await connectDatabase(url);
  open.push(connection);
  return connection;
}

/** What became of a query: `fine`, or the code it failed with; and how long that took. */
async function outcome(query: () => PromiseLike<unknown>): Promise<{ code: string; ms: number }> {
  const startedAt = performance.now();
  const code = await databaseCall(query).then(
    () => "fine",
    (error: unknown) => (error instanceof Error && "code" in error ? String(error.code) : "?"),
  );
  return { code, ms: performance.now() - startedAt };
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
    const own = startTcpProxy({ hostname, port: Number(port || 5432) });
    const { db, close } = await connectDatabase(changed({ port: String(own.port) }));
    // Every slot of the pool holds a connection that is about to be forgotten.
    const busy = Array.from({ length: 8 }, () => db.execute(sql`select pg_sleep(0.1)`));
    await Promise.all(busy);
    own.blackhole("both");
    const { code, ms } = await outcome(() => db.execute(sql`select 1`));
    expect(code).toBe("UNAVAILABLE");
    expect(ms).toBeWithin(5_000, 11_000);
    // The network still holds on to what it had: only new connections work.
    const after = await outcome(() => db.execute(sql`select 1`));
    expect([after.code, after.ms < 1_000]).toEqual(["fine", true]);
    await close();
    own.stop();
  }, 20_000);
});

async function expectRefusal(url: string): Promise<void> {
  const startedAt = performance.now();
  const refused = await connectDatabase(url).catch((error: unknown) => error);
  expect(String(refused)).toStartWith("BootError: DATABASE_URL: PostgreSQL cannot be used (");
  for (const secret of ["hunter2", password]) expect(String(refused)).not.toContain(secret);
  expect(performance.now() - startedAt).toBeLessThan(10_000);
}

describe("a query", () => {
  test("that takes too long is given up on the server as well, as UNAVAILABLE", async () => {
    const { db } = await connect();
    const { code, ms } = await outcome(() =>
      db.execute(sql`set local statement_timeout = 100; select pg_sleep(30)`),
    );
    expect([code, ms < 5_000]).toEqual(["UNAVAILABLE", true]);
    const [setting] = await db.execute(sql`show statement_timeout`);
    expect(setting).toEqual({ statement_timeout: "7s" });
  });

  test("that breaks a constraint, or is wrong, stays a bug", async () => {
    const { db } = await connect();
    const code = (query: ReturnType<typeof sql>) =>
      databaseCall(() => db.execute(query)).then(
        () => "fine",
        (error: unknown) => (error instanceof Error ? [error.name, causeCode(error)] : error),
      );
    // Drizzle wraps the driver's error; a Fault would have no such cause.
    expect(await code(sql`select 1 / 0`)).toEqual([expect.any(String), "22012"]);
    const broken = sql`with t as (select 1) insert into pg_temp.x select null from t`;
    await databaseCall(() => db.execute(sql`select 1`));
    expect(await code(broken)).not.toContain("UNAVAILABLE");
  });
});

describe("a database that was not migrated", () => {
  test.each<[string, ReturnType<typeof sql>]>([
    ["a table", sql`select from nowhere`],
    ["a schema", sql`select from nowhere.accounts`],
    ["a column", sql`select nothing from users.accounts`],
    ["a schema to write to", sql`create table nowhere.accounts ()`],
  ])("is told by %s it has not, and how to help it", async (_, query) => {
    const { db } = await connect();
    const met = await databaseCall(() => db.execute(query)).catch((error: unknown) => error);
    expect(String(met)).toStartWith("BootError: DATABASE_URL: not migrated (");
    expect(String(met)).toEndWith("; run `bun run migrate`");
  });
});

describe("while PostgreSQL is away", () => {
  test("queries fail as UNAVAILABLE, and work again after it", async () => {
    const { db, ping } = await connect(changed({ port: String(proxy.port) }));
    proxy.refuse();
    proxy.reset();
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () => outcome(() => db.execute(sql`select 1`))),
    );
    for (const { code, ms } of outcomes) {
      expect(code).toBe("UNAVAILABLE");
      expect(ms).toBeLessThan(11_000);
    }
    proxy.heal();
    await until(() => ping().then(() => true));
  }, 30_000);

  test("every query settles while its connections are terminated, and the pool recovers", async () => {
    const { db, ping } = await connect();
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
        const { code, ms } = await outcome(async () => {
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
    await until(() => ping().then(() => true));
    const after = await Promise.all(
      Array.from({ length: 16 }, () => outcome(() => db.execute(sql`select 1`))),
    );
    expect(after.map(({ code }) => code)).toEqual(Array(16).fill("fine"));
  }, 60_000);
});

function causeCode(error: Error): unknown {
  const { cause } = error;
  return cause instanceof Error && "code" in cause ? cause.code : undefined;
}
