import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { createServer, type Server, type Socket } from "node:net";
import type { Redis } from "ioredis";
import { createLogger } from "#lib/log/logger.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { startTcpProxy } from "#lib/testing/tcp-proxy.ts";
import { until } from "#lib/testing/until.ts";
import { connectRedis, redisCall } from "./client.ts";

const { password } = new URL(serviceUrls.REDIS_URL);
const proxy = startTcpProxy(serviceUrls.REDIS_URL);
const open: Redis[] = [];

afterEach(() => {
  proxy.heal();
  for (const redis of open.splice(0)) redis.disconnect();
});
afterAll(() => proxy.stop());

async function connectThrough(log = silentLog): Promise<Redis> {
  const redis = await connectRedis(proxy.url, log);
  open.push(redis);
  return redis;
}

function changed(change: Partial<URL>): string {
  return Object.assign(new URL(serviceUrls.REDIS_URL), change).href;
}

/** How long an outcome took, in milliseconds, and its fault code. */
async function outcome(work: () => Promise<unknown>): Promise<{ code: unknown; ms: number }> {
  const startedAt = performance.now();
  const code = await redisCall(work).then(
    () => "fine",
    (error: unknown) => (error instanceof Error && "code" in error ? error.code : error),
  );
  return { code, ms: performance.now() - startedAt };
}

describe("a Redis that cannot be used stops the boot, names REDIS_URL and no password:", () => {
  test.each<[string, string]>([
    ["a wrong password", changed({ password: "hunter2hunter2" })],
    ["nobody listening", changed({ port: "1" })],
    ["a host that does not exist", changed({ hostname: "redis.invalid" })],
    ["a database that does not exist", changed({ pathname: "/9999" })],
  ])("%s", (_, url) => expectRefusal(url));

  test.each<[string, (socket: Socket) => unknown]>([
    ["a server that hangs up", (socket) => socket.end()],
    ["a server that speaks another language", (socket) => socket.end("HTTP/1.1 400 No\r\n\r\n")],
  ])("%s", async (_, greet) => expectRefusal(await listen(greet)));
});

describe("where nobody answers", () => {
  test.concurrent("the boot stops within its deadline", async () => {
    await expectRefusal(await listen(() => undefined));
  }, 12_000);

  test.concurrent("a command ends as UNAVAILABLE, and those after it find a connection that works", async () => {
    const own = startTcpProxy(serviceUrls.REDIS_URL);
    const redis = await connectRedis(own.url, silentLog);
    own.blackhole("both");
    const { code, ms } = await outcome(() => redis.get("x"));
    expect(code).toBe("UNAVAILABLE");
    expect(ms).toBeLessThan(7_000);
    // The network still holds on to what it had: only new connections work.
    await until(async () => (await outcome(() => redis.get("x"))).code === "fine");
    redis.disconnect();
    own.stop();
  }, 30_000);
});

async function expectRefusal(url: string): Promise<void> {
  const startedAt = performance.now();
  const refused = await connectRedis(url, silentLog).catch((error: unknown) => error);
  expect(String(refused)).toStartWith("BootError: REDIS_URL: Redis cannot be used (");
  for (const secret of ["hunter2", password]) expect(String(refused)).not.toContain(secret);
  expect(performance.now() - startedAt).toBeLessThan(10_000);
}

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});

/** The URL of a server that is no Redis. */
function listen(greet: (socket: Socket) => unknown): Promise<string> {
  const server = createServer(greet);
  servers.push(server);
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const at = typeof address === "object" && address ? address.port : 0;
      resolve(changed({ port: String(at) }));
    });
  });
}

describe("while Redis is away", () => {
  test("commands fail at once as UNAVAILABLE instead of piling up, and work again after it", async () => {
    const redis = await connectThrough();
    proxy.refuse();
    proxy.reset();
    await until(() => redis.status !== "ready");
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, () => outcome(() => redis.get("x"))),
    );
    for (const { code, ms } of outcomes) {
      expect(code).toBe("UNAVAILABLE");
      // Before the first try to reconnect: nothing waited for it.
      expect(ms).toBeLessThan(90);
    }
    proxy.heal();
    await until(async () => (await outcome(() => redis.ping())).code === "fine");
  });

  test("its loss and its return are one line each, for all connections of a process", async () => {
    const lines: string[] = [];
    const log = createLogger("test", "info", (line) => lines.push(JSON.parse(line).message));
    const both = [await connectThrough(log), await connectThrough(log)];
    let tries = 0;
    both[0]?.on("reconnecting", () => {
      tries++;
    });
    proxy.refuse();
    proxy.reset();
    await until(() => tries >= 3);
    expect(lines).toEqual(["redis connection lost"]);
    proxy.heal();
    await until(() => both.every(({ status }) => status === "ready"));
    expect(lines).toEqual(["redis connection lost", "redis connection restored"]);
    await Promise.all(both.map((redis) => redis.quit()));
    expect(lines).toHaveLength(2);
  });

  test("a command in flight when the connection is killed settles, and so do those after it", async () => {
    const redis = await connectThrough();
    const other = await connectThrough();
    for (let round = 0; round < 20; round++) {
      const id = await until(() => redis.client("ID").catch(() => undefined));
      const inFlight = Array.from({ length: 20 }, () => outcome(() => redis.get("x")));
      await other.client("KILL", "ID", String(id));
      for (const { code, ms } of await Promise.all(inFlight)) {
        expect(["fine", "UNAVAILABLE"]).toContain(String(code));
        expect(ms).toBeLessThan(3_000);
      }
    }
    await until(async () => (await outcome(() => redis.ping())).code === "fine");
  });
});

test.each([
  "NOAUTH Authentication required.",
  "NOPERM this user has no permissions to run the 'evalsha' command",
  "WRONGPASS invalid username-password pair or user is disabled.",
  "ERR max number of clients reached",
  "MOVED 3999 127.0.0.1:6381",
  "OOM command not allowed when used memory > 'maxmemory'.",
])("a refusal of the server or its operator says nothing about who asked: %s", async (reply) => {
  const refused = Object.assign(new Error(reply), { name: "ReplyError" });
  const { code } = await outcome(() => Promise.reject(refused));
  expect(code).toBe("UNAVAILABLE");
});

test("a mistake of ours stays what it is: waiting would not mend it", async () => {
  const redis = await connectThrough();
  const key = `test:${crypto.randomUUID()}`;
  await redis.set(key, "text", "EX", 10);
  await expect(redisCall(() => redis.hgetall(key))).rejects.toThrow("WRONGTYPE");
  await expect(redisCall(() => redis.eval("error('x')", 0))).rejects.toMatchObject({
    name: "ReplyError",
  });
  await redis.del(key);
});

test("a subscriber whose connection is lost again in the moment it is ready ends no process", async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => void unhandled.push(error);
  process.on("unhandledRejection", note);
  const subscriber = await connectRedis(serviceUrls.REDIS_URL, silentLog);
  await subscriber.subscribe(crypto.randomUUID());
  let cuts = 0;
  subscriber.on("connect", () => {
    // The library asks for this last, and takes the connection for ready in the next microtask.
    subscriber.stream.on("data", (reply: Buffer) => {
      if (cuts > 0 || !reply.includes("redis_version")) return;
      cuts++;
      subscriber.stream.end();
    });
  });
  subscriber.disconnect(true);
  await until(() => cuts === 1 && subscriber.status === "ready");
  process.off("unhandledRejection", note);
  subscriber.disconnect();
  expect(unhandled).toEqual([]);
});
