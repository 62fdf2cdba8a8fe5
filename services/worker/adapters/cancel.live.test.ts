import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Redis } from "ioredis";
import type { Fault } from "#lib/error/fault.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { cancelChannel, scanKeys } from "#lib/scan-store/scan-keys.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { startTcpProxy, type TcpProxy } from "#lib/testing/tcp-proxy.ts";
import { until } from "#lib/testing/until.ts";
import { RunningScans } from "../cancellable.ts";
import { followCancels } from "./cancel.ts";

describe("a worker", () => {
  let redis: Redis;
  let subscriber: Redis;
  let proxy: TcpProxy;
  let running: RunningScans;
  let jobId: string;

  beforeAll(async () => {
    redis = await connectRedis(serviceUrls.REDIS_URL, silentLog);
    proxy = startTcpProxy(serviceUrls.REDIS_URL);
    subscriber = await connectRedis(proxy.url, silentLog);
    running = new RunningScans();
    await followCancels(subscriber, { redis, running, log: silentLog });
  });
  beforeEach(() => {
    jobId = crypto.randomUUID();
  });
  function enter(id: string) {
    const faults: Fault[] = [];
    const leave = running.enter(id, { abort: (fault) => void faults.push(fault) });
    return { faults, leave };
  }
  afterAll(() => {
    subscriber?.disconnect();
    redis?.disconnect();
    proxy?.stop();
  });

  test("hears of a cancel", async () => {
    const { faults, leave } = enter(jobId);
    await redis.publish(cancelChannel, jobId);
    await until(() => faults.length > 0);
    expect(faults).toMatchObject([{ code: "CANCELLED" }]);
    leave();
  });

  test("that lost its connection finds the cancels it has missed, and only those", async () => {
    const other = crypto.randomUUID();
    const [one, two] = [enter(jobId), enter(other)];
    await redis.set(scanKeys.cancel(jobId), "cancelled", "EX", 60);
    await redis.set(scanKeys.cancel(other), "sealed", "EX", 60);
    proxy.reset();
    await until(() => one.faults.length > 0);
    expect(two.faults).toEqual([]);
    // And it listens again.
    await redis.publish(cancelChannel, other);
    await until(() => two.faults.length > 0);
    one.leave();
    two.leave();
  });
});
