import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Redis } from "ioredis";
import { connectRedis } from "#lib/redis/client.ts";
import { cancelChannel, scanKeys } from "#lib/redis/scan-keys.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { startTcpProxy, type TcpProxy } from "#lib/testing/tcp-proxy.ts";
import { until } from "#lib/testing/until.ts";
import { RunningScans } from "../cancellable.ts";
import { createCancelReader, followCancels } from "./cancel.ts";

describe("a worker", () => {
  let redis: Redis;
  let subscriber: Redis;
  let proxy: TcpProxy;
  let running: RunningScans;
  let jobId: string;

  beforeAll(async () => {
    redis = await connectRedis(serviceUrls.REDIS_URL, silentLog);
    const { hostname, port } = new URL(serviceUrls.REDIS_URL);
    proxy = startTcpProxy({ hostname, port: Number(port) });
    const through = new URL(serviceUrls.REDIS_URL);
    through.host = new URL(proxy.origin).host;
    subscriber = await connectRedis(through.href, silentLog);
    running = new RunningScans();
    await followCancels(subscriber, { redis, running, log: silentLog });
  });
  beforeEach(() => {
    jobId = crypto.randomUUID();
  });
  afterAll(() => {
    subscriber?.disconnect();
    redis?.disconnect();
    proxy?.stop();
  });

  test("hears of a cancel", async () => {
    const { signal, leave } = running.enter(jobId);
    await redis.publish(cancelChannel, jobId);
    await until(() => signal.aborted);
    expect(signal.reason).toMatchObject({ code: "CANCELLED" });
    leave();
  });

  test("that lost its connection finds the cancels it has missed, and only those", async () => {
    const other = crypto.randomUUID();
    const [one, two] = [running.enter(jobId), running.enter(other)];
    await redis.set(scanKeys.cancel(jobId), "cancelled", "EX", 60);
    await redis.set(scanKeys.cancel(other), "sealed", "EX", 60);
    proxy.cut();
    await until(() => one.signal.aborted);
    expect(two.signal.aborted).toBe(false);
    // And it listens again.
    await redis.publish(cancelChannel, other);
    await until(() => two.signal.aborted);
    one.leave();
    two.leave();
  });

  test("reads a request, and no other word for one", async () => {
    const { isCancelled } = createCancelReader(redis);
    expect(await isCancelled(jobId)).toBe(false);
    await redis.set(scanKeys.cancel(jobId), "sealed", "EX", 60);
    expect(await isCancelled(jobId)).toBe(false);
    await redis.set(scanKeys.cancel(jobId), "cancelled", "EX", 60);
    expect(await isCancelled(jobId)).toBe(true);
  });

  test("seals a job again and again, but never a cancelled one", async () => {
    const { seal } = createCancelReader(redis);
    expect([await seal(jobId), await seal(jobId)]).toEqual([true, true]);
    expect(await redis.ttl(scanKeys.cancel(jobId))).toBeWithin(3_500, 3_601);
    await redis.set(scanKeys.cancel(jobId), "cancelled", "EX", 60);
    expect(await seal(jobId)).toBe(false);
    expect(await redis.get(scanKeys.cancel(jobId))).toBe("cancelled");
  });
});
