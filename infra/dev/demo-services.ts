import { mkdirSync } from "node:fs";
import { join } from "node:path";
import amqp from "amqplib";
import { Redis } from "ioredis";
import { assertTopology } from "#lib/queue/assert-topology.ts";
import { QUEUES } from "#lib/queue/topology.ts";
import { ensureServices, partUrls, projectFolder } from "../services/ensure-services.ts";
import { inspectServices } from "../services/inspect-services.ts";
import { withLock } from "../services/lock.ts";
import { type Log, type ServiceUrls, VARIABLES } from "../services/service.ts";
import { localFolder } from "../services/state.ts";

/**
 * Runs a demo on a part of the services that is its own: a worker of `bun run dev` may not fetch
 * the demo's photos, so the two must not take from the same queues. One demo at a time, and
 * without the scans that an interrupted one has left.
 */
export async function withDemoServices<T>(
  { log, signal }: { log: Log; signal: AbortSignal },
  run: (urls: ServiceUrls) => Promise<T>,
): Promise<T> {
  const folder = join(localFolder(projectFolder), "demo");
  mkdirSync(folder, { recursive: true });
  const runAlone = async () => {
    const services = await ensureServices({ env: await withoutOwnUrls(), signal });
    try {
      const urls = partUrls("demo", services);
      const { redis, rabbitmq } = services.sources;
      await prepareQueues(urls.AMQP_URL, { isOwn: rabbitmq !== "environment" });
      if (redis !== "environment") await forgetScans(urls.REDIS_URL);
      return await run(urls);
    } finally {
      await services.stop();
    }
  };
  // Around the services as well: whoever has started them stops them.
  return withLock(folder, log, runAlone, signal);
}

/** A shell with `bun run services env` in it names what is ours: there a part can be had. */
async function withoutOwnUrls(): Promise<NodeJS.ProcessEnv> {
  const environment = { ...process.env };
  for (const { name, url } of await inspectServices({ env: {} })) {
    if (environment[VARIABLES[name]] === url) delete environment[VARIABLES[name]];
  }
  return environment;
}

/** @throws Error when the queues are not ours and another worker takes from them. */
async function prepareQueues(url: string, { isOwn }: { isOwn: boolean }): Promise<void> {
  const broker = await amqp.connect(url);
  try {
    const channel = await broker.createChannel();
    await assertTopology(channel);
    if (isOwn) for (const { name } of QUEUES) await channel.purgeQueue(name);
    const { consumerCount } = await channel.checkQueue("scan.vision");
    if (consumerCount > 0) {
      const advice = isOwn ? "wait for its demo to end" : "give AMQP_URL another vhost";
      throw new Error(`another worker takes from the demo's queues: stop it, or ${advice}`);
    }
  } finally {
    await broker.close();
  }
}

async function forgetScans(url: string): Promise<void> {
  const redis = new Redis(url);
  try {
    await redis.flushdb();
  } finally {
    redis.disconnect();
  }
}
