import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { assertTopology } from "#lib/queue/assert-topology.ts";
import { purgeQueues, wipeRedis, withChannel } from "#lib/testing/wipe.ts";
import { ensureServices, partUrls, projectFolder } from "../services/ensure-services.ts";
import { inspectServices } from "../services/inspect-services.ts";
import { acquireLock } from "../services/lock.ts";
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
  // Around the services as well: whoever has started them stops them.
  using _ = await acquireLock(folder, log, signal);
  const services = await ensureServices({ env: await withoutOwnUrls(), signal });
  try {
    const urls = partUrls("demo", services);
    const { redis, rabbitmq } = services.sources;
    await prepareQueues(urls.AMQP_URL, { isOwn: rabbitmq !== "environment" });
    if (redis !== "environment") await wipeRedis(urls.REDIS_URL);
    return await run(urls);
  } finally {
    await services.stop();
  }
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
  const consumerCount = await withChannel(url, async (channel) => {
    await assertTopology(channel);
    if (isOwn) await purgeQueues(channel);
    return (await channel.checkQueue("scan.vision")).consumerCount;
  });
  if (consumerCount === 0) return;
  const advice = isOwn ? "wait for its demo to end" : "give AMQP_URL another vhost";
  throw new Error(`another worker takes from the demo's queues: stop it, or ${advice}`);
}
