import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "amqplib";
import { Redis } from "ioredis";
import postgres from "postgres";
import { ensureServices, partUrls, type Services, takeDown } from "./ensure-services.ts";
import { inspectServices } from "./inspect-services.ts";
import { probe } from "./probe.ts";
import { findProcesses, type RunningProcess } from "./process-table.ts";
import { readState } from "./state.ts";
import { type Part, TEST_PARTS } from "./url.ts";

/**
 * A second set of servers in a folder of its own (mode 0700: as root this is also the case of a
 * project the servers' account cannot reach). Neither the project's own set nor the URLs in the
 * environment take part: every call is given an empty environment.
 */
let project: string;
let services: Services;
const options = () => ({ project, env: {}, log: () => {} });
const partOf = (part: Part) => partUrls(part, services);
const bootMs = 60_000;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "eco2-live-"));
});

afterAll(async () => {
  await takeDown({ ...options(), purge: true });
  rmSync(project, { recursive: true });
}, bootMs);

test(
  "a bring-up killed half-way is completed by the next, and two at once start each server once",
  async () => {
    const killed = commandLine("up");
    await until(() => ours("initdb").length > 0);
    killed.kill("SIGKILL");
    await killed.exited;

    const other = commandLine("up");
    services = await ensureServices(options());
    expect(await other.exited).toBe(0);
    for (const server of ["/postgres -D", "redis-server", "beam", "/epmd -port"]) {
      expect(ours(server)).toHaveLength(1);
    }
    expect((await inspectServices(options())).map(({ state }) => state)).toEqual([
      "up",
      "up",
      "up",
    ]);
  },
  bootMs,
);

test("the project's role owns its databases and nothing more", async () => {
  for (const { DATABASE_URL } of [services.urls, ...TEST_PARTS.map(partOf)]) {
    const sql = postgres(DATABASE_URL, { max: 1 });
    const [row] = await sql`
      select pg_get_userbyid(datdba) as owner, rolsuper as super,
        current_setting('password_encryption') as auth
      from pg_database, pg_roles where datname = current_database() and rolname = current_user`;
    await sql.end();
    expect({ ...row }).toEqual({ owner: "eco2", super: false, auth: "scram-sha-256" });
  }
});

test("no connection without the password, and RabbitMQ has no guest", async () => {
  const { DATABASE_URL, REDIS_URL, AMQP_URL } = services.urls;
  await expect(probe("postgres", without(DATABASE_URL))).rejects.toThrow("password");
  await expect(probe("redis", without(REDIS_URL))).rejects.toThrow("NOAUTH");
  await expect(probe("rabbitmq", without(AMQP_URL))).rejects.toThrow("ACCESS_REFUSED");
  const guest = AMQP_URL.replace(/eco2:\w+@/, "guest:guest@");
  await expect(probe("rabbitmq", guest)).rejects.toThrow("ACCESS_REFUSED");
  for (const { AMQP_URL } of TEST_PARTS.map(partOf)) {
    expect(await probe("rabbitmq", AMQP_URL)).toMatch(/^\d+\.\d+/);
  }
});

test(
  "after kill -9 of all three, and a port lost to someone else, up heals and nothing is lost",
  async () => {
    await leaveTraces(services);
    // RabbitMQ writes what was declared in the last moments to disk late: an orderly stop before the
    // kill makes the traces certain, and shows that it keeps them.
    await takeDown(options());
    services = await ensureServices(options());
    const before = services.urls;
    for (const server of ["/postgres -D", "redis-server", "beam"]) kill(ours(server));
    const intruder = await until(() => listenAt(Number(new URL(before.REDIS_URL).port)));

    services = await ensureServices(options());
    intruder.stop(true);
    expect(services.started).toBe(true);
    expect(services.urls.DATABASE_URL).toBe(before.DATABASE_URL);
    expect(services.urls.AMQP_URL).toBe(before.AMQP_URL);
    expect(services.urls.REDIS_URL).not.toBe(before.REDIS_URL);
    expect(await readTraces(services)).toEqual({ row: 1, key: "kept", message: "kept" });
  },
  bootMs,
);

test("the broker's name daemon is put back without restarting the broker", async () => {
  const [broker] = ours("beam");
  kill(ours("/epmd -port"));
  await until(() => ours("/epmd -port").length === 0);
  expect((await ensureServices(options())).started).toBe(false);
  expect(ours("/epmd -port")).toHaveLength(1);
  expect(ours("beam")).toEqual(broker ? [broker] : []);
});

test("a call that started nothing stops nothing", async () => {
  const again = await ensureServices(options());
  expect(again.started).toBe(false);
  await again.stop();
  expect((await inspectServices(options())).every(({ state }) => state === "up")).toBe(true);
});

test("a URL that is set but does not answer is named, and nothing is started for it", async () => {
  const empty = mkdtempSync(join(tmpdir(), "eco2-given-"));
  const env = { ...services.urls, REDIS_URL: "redis://:hidden@127.0.0.1:1/0" };
  const failing = ensureServices({ project: empty, env, log: () => {} });
  await expect(failing).rejects.toThrow(/^REDIS_URL is wrong: .*:\*\*\*@127\.0\.0\.1:1/);
  expect(existsSync(join(empty, ".local"))).toBe(false);
  const given = await ensureServices({ project: empty, env: services.urls, log: () => {} });
  expect(given).toMatchObject({ urls: services.urls, started: false });
  expect(existsSync(join(empty, ".local"))).toBe(false);
  rmSync(empty, { recursive: true });
});

test(
  "a bring-up that is aborted stops at once what it was starting",
  async () => {
    await takeDown(options());
    const interruption = new AbortController();
    const bringUp = ensureServices({ ...options(), signal: interruption.signal });
    await until(() => ours("beam").length > 0);
    interruption.abort(new Error("interrupted"));
    await expect(bringUp).rejects.toThrow("interrupted");
    expect(ours("")).toEqual([]);
  },
  bootMs,
);

test(
  "down leaves no process behind, and purge no file",
  async () => {
    const home = readState(project)?.home ?? "";
    const state = readState(project);
    await takeDown(options());
    expect(ours("")).toEqual([]);
    expect(findProcesses([state?.id ?? "none"])).toEqual([]);
    expect(existsSync(join(home, "postgres", "data", "PG_VERSION"))).toBe(true);
    await takeDown({ ...options(), purge: true });
    expect(existsSync(home)).toBe(false);
    expect(existsSync(join(project, ".local"))).toBe(false);
  },
  bootMs,
);

function commandLine(command: string) {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME };
  const argv = [process.execPath, join(import.meta.dir, "../dev/services.ts"), command];
  return Bun.spawn([...argv, "--project", project], { env, stdout: "ignore", stderr: "ignore" });
}

/** Processes of this set whose command line also contains `part`. */
function ours(part: string): RunningProcess[] {
  const state = readState(project);
  const found = state ? findProcesses([state.home, state.id]) : [];
  return found.filter(({ command }) => command.includes(part) && !command.includes("services.ts"));
}

function kill(found: readonly RunningProcess[]): void {
  expect(found).toHaveLength(1);
  for (const { pid } of found) process.kill(pid, "SIGKILL");
}

function listenAt(port: number) {
  try {
    return Bun.listen({ hostname: "127.0.0.1", port, socket: { data() {} } });
  } catch {
    return undefined;
  }
}

async function until<T>(condition: () => T): Promise<NonNullable<T> & {}> {
  const deadline = performance.now() + bootMs / 2;
  for (;;) {
    const value = condition();
    if (value) return value;
    if (performance.now() > deadline) throw new Error("waited in vain");
    await Bun.sleep(5);
  }
}

/** The URL with another password. */
function without(url: string): string {
  const changed = new URL(url);
  changed.password = "";
  return changed.href;
}

async function leaveTraces({ urls }: Services): Promise<void> {
  const sql = postgres(urls.DATABASE_URL, { max: 1 });
  await sql`create table kept (id int)`;
  await sql`insert into kept values (1)`;
  await sql.end();
  const redis = new Redis(urls.REDIS_URL);
  await redis.set("kept", "kept");
  await redis.quit();
  const connection = await connect(urls.AMQP_URL);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue("kept", { durable: true, arguments: { "x-queue-type": "quorum" } });
  channel.sendToQueue("kept", Buffer.from("kept"), { persistent: true });
  await channel.waitForConfirms();
  await connection.close();
}

async function readTraces({ urls }: Services) {
  const sql = postgres(urls.DATABASE_URL, { max: 1 });
  const [row] = await sql`select id from kept`;
  await sql.end();
  const redis = new Redis(urls.REDIS_URL);
  const key = await redis.get("kept");
  await redis.quit();
  const connection = await connect(urls.AMQP_URL);
  const channel = await connection.createChannel();
  const message = await channel.get("kept", { noAck: true });
  await connection.close();
  return { row: row?.id, key, message: message ? message.content.toString() : undefined };
}
