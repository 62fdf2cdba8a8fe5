import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Redis } from "ioredis";
import { hasRedisServer, type RedisServer, startRedisServer } from "#lib/testing/redis-server.ts";
import { silentLog } from "#lib/testing/services.ts";
import { startTcpProxy, type TcpProxy } from "#lib/testing/tcp-proxy.ts";
import { until } from "#lib/testing/until.ts";
import { checkWritable } from "./check-writable.ts";
import { connectRedis, redisCall } from "./client.ts";
import { script } from "./script.ts";

/** Needs `redis-server`: a Redis that others use must not become a replica. */
describe.skipIf(!hasRedisServer)("after a failover that cuts no connection", () => {
  let old: RedisServer;
  let next: RedisServer;
  let proxy: TcpProxy;
  let redis: Redis;

  beforeAll(async () => {
    [old, next] = await Promise.all([startRedisServer(), startRedisServer()]);
  });
  beforeEach(async () => {
    await old.admin.replicaof("NO", "ONE");
    proxy = startTcpProxy(old.url);
    redis = await connect();
  });
  afterEach(() => {
    redis.disconnect();
    proxy.stop();
  });
  afterAll(() => Promise.all([old.stop(), next.stop()]));

  const connect = () => connectRedis(proxy.url, silentLog);

  /** The address leads to the new primary; connections to the old one stay. */
  async function failOver(): Promise<void> {
    proxy.setUpstream(next.url);
    await old.admin.replicaof(next.hostname, next.port);
  }
  const serverOf = async (one: Redis) =>
    Number(/tcp_port:(\d+)/.exec(String(await one.info("server")))?.[1]);

  test.each<[string, (key: string) => Promise<unknown>]>([
    ["a command", (key) => redis.set(key, 1)],
    ["a script by its hash", (key) => script(redis, SET_ONE)([key], [])],
    ["a pipeline", (key) => redis.pipeline().get(key).set(key, 1).exec().then(failOfFirst)],
    ["readiness", () => checkWritable(redis)],
  ])("%s is refused as UNAVAILABLE once or twice, then works", async (_, send) => {
    const key = `test:${crypto.randomUUID()}`;
    await send(key);
    await failOver();
    expect(await codeOf(() => send(key))).toBe("UNAVAILABLE");
    await until(() => redisCall(() => send(key)).then(() => true));
    expect(await serverOf(redis)).toBe(next.port);
  });

  test("a connection that only reads follows as well", async () => {
    const reader = await connect();
    await failOver();
    expect(await codeOf(() => redis.set("x", 1))).toBe("UNAVAILABLE");
    await until(async () => (await serverOf(reader)) === next.port);
    reader.disconnect();
  });

  test("while the address still leads to the replica, reads work and reconnects are few", async () => {
    await old.admin.replicaof(next.hostname, next.port);
    const refused = await Promise.all(
      Array.from({ length: 50 }, (_, i) => codeOf(() => redis.set(`x${i}`, 1))),
    );
    expect([...new Set(refused)]).toEqual(["UNAVAILABLE"]);
    await until(() => redis.get("x").then(() => true));
    for (let i = 0; i < 50; i++) await codeOf(() => redis.set("x", 1));
    expect(proxy.accepted).toBeLessThanOrEqual(3);
  });

  test("readiness is refused by a Redis that takes no writes, where a PING succeeds", async () => {
    expect(await codeOf(() => checkWritable(redis))).toBe("fine");
    await old.admin.config("SET", "maxmemory-policy", "noeviction", "maxmemory", "1");
    expect(await codeOf(() => checkWritable(redis))).toBe("UNAVAILABLE");
    expect(await redis.ping()).toBe("PONG");
    await old.admin.config("SET", "maxmemory", "0");
  });
});

const SET_ONE = "return redis.call('SET', KEYS[1], 1)";

function codeOf(work: () => Promise<unknown>): Promise<unknown> {
  return redisCall(work).then(
    () => "fine",
    (error: unknown) => (error instanceof Error && "code" in error ? error.code : error),
  );
}

function failOfFirst(results: [Error | null, unknown][] | null): void {
  for (const [error] of results ?? []) if (error) throw error;
}
