import { type RedisServer, startRedisServer } from "./redis-server.ts";
import { startTcpProxy } from "./tcp-proxy.ts";
import { until } from "./until.ts";

export type RedisPair = Awaited<ReturnType<typeof startRedisPair>>;

/** A primary with one replica, behind an address that leads to the primary. Needs `redis-server`. */
export async function startRedisPair() {
  const [one, two] = await Promise.all([startRedisServer(), startRedisServer()]);
  const address = startTcpProxy(one.url);
  const link = startTcpProxy(one.url);
  await two.admin.replicaof("127.0.0.1", new URL(link.url).port);
  const caughtUp = async () => (await one.admin.wait(1, 0)) === 1;
  await until(async () => /^slave0:.*state=online/m.test(await one.admin.info("replication")));
  return {
    /** What clients connect to. */
    address,
    primary: one,
    replica: two,
    /** Until the replica has all that is written. */
    caughtUp,
    /** From here on the replica gets nothing, and the primary goes on. */
    partReplica: () => link.blackhole("both"),
    /** The replica is the primary, and the address leads to it; connections to the old one stay. */
    failOver: async (): Promise<RedisServer> => {
      address.setUpstream(two.url);
      await two.admin.replicaof("NO", "ONE");
      return two;
    },
    stop: async (): Promise<void> => {
      for (const proxy of [address, link]) proxy.stop();
      await Promise.all([one.stop(), two.stop()]);
    },
  };
}
