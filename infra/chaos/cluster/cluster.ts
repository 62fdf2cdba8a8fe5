import { randomBytes } from "node:crypto";
import { chownSync, mkdirSync, rmSync } from "node:fs";
import { migrate } from "#lib/db/migrate.ts";
import { unlessAborted } from "../../harness/interruptible.ts";
import { chaosFolder, removeLogs } from "../../harness/own-servers.ts";
import { findBinaries } from "../../services/binary.ts";
import { projectFolder } from "../../services/ensure-services.ts";
import { acquireLock } from "../../services/lock.ts";
import type { ServiceUrls } from "../../services/service.ts";
import { projectId } from "../../services/state.ts";
import { frontConfiguration, ports } from "./front.ts";
import { createNetwork, type Machine, nobody, whyNoNetwork } from "./machines.ts";
import type { ClusterPlan } from "./plan.ts";
import { postgresNodes } from "./postgres-nodes.ts";
import { rabbitmqNodes } from "./rabbitmq-nodes.ts";
import { redisFiles, redisNodes } from "./redis-nodes.ts";
import { Server, serverLogs } from "./store-node.ts";

export type Cluster = Awaited<ReturnType<typeof bringUp>>;

const programs = [
  "haproxy",
  "redis-server",
  "redis-cli",
  "rabbitmq-server",
  "postgres",
  "initdb",
  "pg_basebackup",
];

/** Why there can be no cluster on this machine; undefined when there can. */
export function whyNoCluster(): string | undefined {
  const missing = programs.filter((name) => findBinaries(name).length === 0);
  const needed = missing.length > 0 ? `needs ${missing.join(", ")}` : undefined;
  return whyNoNetwork() ?? needed;
}

/** Runs a suite on a cluster of its own, of which nothing is left at its end, also when it is interrupted. */
export async function withCluster<T>(
  signal: AbortSignal,
  run: (cluster: Cluster) => Promise<T>,
): Promise<T> {
  mkdirSync(chaosFolder, { recursive: true });
  using _ = await acquireLock(chaosFolder, console.error, signal);
  removeLogs();
  const id = projectId(projectFolder).slice(0, 6);
  const network = createNetwork(id, ["front", "one", "two", "three"]);
  const folder = `/var/tmp/eco2-cluster-${id}`;
  try {
    const { host, machines } = await network.create();
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { mode: 0o700 });
    const [front, ...others] = machines;
    if (!front) throw new Error("no machine");
    return await unlessAborted(
      signal,
      bringUp({ host, front, machines: others, folder }).then(run),
    );
  } finally {
    await network.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Place {
  readonly host: string;
  readonly front: Machine;
  readonly machines: readonly Machine[];
  readonly folder: string;
}

async function bringUp({ host, front, machines, folder }: Place) {
  chownSync(folder, nobody, nobody);
  mkdirSync(serverLogs, { recursive: true });
  const plan: ClusterPlan = {
    front: front.address,
    nodes: machines,
    password: randomBytes(12).toString("hex"),
    folder,
  };
  const rabbitmq = rabbitmqNodes(machines, plan);
  const redis = redisNodes(machines, plan);
  const postgres = postgresNodes(machines, plan);
  startFront(front, plan);
  for (const node of [...rabbitmq.nodes, ...redis.nodes]) await node.start();
  await postgres.create();
  const ready = async () =>
    void (await Promise.all([rabbitmq, redis, postgres].map((one) => one.ready())));
  await ready();
  const at = (protocol: string, user: string, port: number, path: string) =>
    `${protocol}://${user}:${plan.password}@${plan.front}:${port}/${path}`;
  const urls: ServiceUrls = {
    DATABASE_URL: at("postgres", "eco2", ports.postgres, "eco2"),
    REDIS_URL: at("redis", "", ports.redis, "0"),
    AMQP_URL: at("amqp", "eco2", ports.rabbitmq, "eco2"),
  };
  await migrate(urls.DATABASE_URL);
  const nodesOn = (machine: Machine) =>
    [...rabbitmq.nodes, ...redis.nodes, ...postgres.nodes].filter(
      (node) => node.machine === machine,
    );
  /** Its node of each store, in order and at once: each store has two others. */
  const restart = async (machine: Machine): Promise<void> => {
    const primary = await postgres.primary();
    const restarts = nodesOn(machine).map(async (node) => {
      await node.stop();
      if (node === primary) await postgres.promote();
      await node.start();
    });
    await Promise.all(restarts);
  };
  return {
    host,
    plan,
    machines,
    urls,
    rabbitmq,
    redis,
    postgres,
    nodesOn,
    restart,
    ready,
    origin: `http://${plan.front}:${ports.edge}`,
  };
}

function startFront(machine: Machine, plan: ClusterPlan): void {
  const server = new Server(machine, "haproxy", plan.folder);
  server.write("haproxy.cfg", frontConfiguration(plan, redisFiles()["haproxy.cfg"] ?? ""));
  server.spawn(["haproxy", "-f", "haproxy.cfg"], { REDIS_PASSWORD: plan.password });
}
