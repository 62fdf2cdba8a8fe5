import { Redis } from "ioredis";
import { until } from "#lib/testing/until.ts";
import { OVERLAYS } from "../../k8s/overlays.ts";
import { redis as redisResources } from "../../k8s/redis.ts";
import { ports, withoutCertificates } from "./front.ts";
import type { Machine } from "./machines.ts";
import type { ClusterPlan } from "./plan.ts";
import { Server, type StoreNode } from "./store-node.ts";

/** The files that the manifests give to Redis, its Sentinels and the HAProxy before them. */
export function redisFiles(): Readonly<Record<string, string>> {
  const map = redisResources(OVERLAYS.prod).find((one) => one.kind === "ConfigMap");
  if (map?.kind !== "ConfigMap" || !map.data)
    throw new Error("the manifests have no files for Redis");
  return map.data;
}

/** A primary, its replicas, and a Sentinel beside each, by the manifests' own scripts and settings. */
export function redisNodes(machines: readonly Machine[], plan: ClusterPlan) {
  const nodes = machines.map((machine) => createNode(machine, plan));
  const askSentinel = (address: string, ...question: string[]) =>
    ask(plan, address, ports.sentinel, async (redis) => {
      const [command = "", ...args] = question;
      return await redis.call("SENTINEL", command, ...args, "eco2");
    });
  /** The one that the Sentinels name. */
  const primary = async (): Promise<StoreNode> => {
    const address = await askSentinel(plan.front, "GET-MASTER-ADDR-BY-NAME");
    const [named] = Array.isArray(address) ? address : [];
    const found = nodes.find(({ machine }) => machine.address === named);
    if (!found) throw new Error(`the Sentinels name no node, but ${named}`);
    return found;
  };
  const failedOver = (from: StoreNode): Promise<boolean> =>
    until(async () => (await primary()).machine !== from.machine, {
      timeoutMs: 40_000,
      pollMs: 100,
    });
  return {
    nodes,
    primary,
    /** Resolves when the Sentinels name another one. */
    failedOver,
    /**
     * Nothing is written from its beginning to its end: the Sentinels alone make a replica primary while the old one
     * takes writes.
     */
    switchOver: async (from: StoreNode): Promise<void> => {
      const old = (...command: [string, ...string[]]) =>
        ask(plan, from.machine.address, ports.redis, (redis) => redis.call(...command));
      await old("CLIENT", "PAUSE", "10000", "WRITE");
      await askSentinel(plan.front, "FAILOVER");
      await failedOver(from);
      const { machine } = await primary();
      await old("REPLICAOF", machine.address, String(ports.redis));
      await old("CLIENT", "UNPAUSE");
    },
    /**
     * Until every Sentinel knows all others, and all replicas have what the primary had when it was asked first. One
     * whose link was down is said to be there long before: what it has missed is sent again later and later.
     */
    ready: async (): Promise<void> => {
      let written: number | undefined;
      const isComplete = async () => {
        const { machine } = await primary();
        const info = await ask(plan, machine.address, ports.redis, (redis) =>
          redis.info("replication"),
        );
        written ??= Number(/^master_repl_offset:(\d+)/m.exec(info)?.[1]);
        const offsets = [...info.matchAll(/^slave\d.*state=online,offset=(\d+)/gm)];
        const complete = offsets.filter(([, offset]) => Number(offset) >= (written ?? 0));
        const known = await Promise.all(
          machines.map(({ address }) => askSentinel(address, "CKQUORUM")),
        );
        const isKnown = known.every((text) => String(text).startsWith(`OK ${machines.length} `));
        return isKnown && complete.length === machines.length - 1;
      };
      await until(isComplete, { timeoutMs: 40_000, pollMs: 200 });
    },
  };
}

function createNode(machine: Machine, plan: ClusterPlan): StoreNode {
  const redis = new Server(machine, "redis", plan.folder);
  const sentinel = new Server(machine, "sentinel", plan.folder);
  for (const server of [redis, sentinel]) {
    for (const [name, text] of Object.entries(redisFiles())) {
      server.write(name, withoutCertificates(text), 0o755);
    }
  }
  const env = {
    REDIS_PASSWORD: plan.password,
    NODE: machine.address,
    FIRST: plan.nodes[0]?.address ?? "",
    SENTINEL: plan.front,
    QUORUM: String(Math.floor(plan.nodes.length / 2) + 1),
    DATA: `${redis.folder}/data`,
  };
  return {
    machine,
    start: async () => {
      await redis.run(["mkdir", "-p", env.DATA]);
      if (!redis.isRunning) redis.spawn(["sh", `${redis.folder}/start.sh`], env);
      if (!sentinel.isRunning) sentinel.spawn(["sh", `${sentinel.folder}/sentinel.sh`], env);
    },
    kill: () => redis.end("SIGKILL"),
    stop: async () => {
      await redis.end("SIGTERM");
      await sentinel.end("SIGTERM");
    },
  };
}

async function ask<T>(
  { password }: ClusterPlan,
  host: string,
  port: number,
  question: (redis: Redis) => Promise<T>,
): Promise<T> {
  const deadlines = { connectTimeout: 1_000, commandTimeout: 2_000, maxRetriesPerRequest: 1 };
  const redis = new Redis({ host, port, password, ...deadlines, retryStrategy: () => null });
  redis.on("error", () => undefined);
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}
