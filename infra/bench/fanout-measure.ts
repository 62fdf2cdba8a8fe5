import { startRedisServer } from "#lib/testing/redis-server.ts";
import { until } from "#lib/testing/until.ts";
import { wipe } from "#lib/testing/wipe.ts";
import type { BenchContext } from "./bench.ts";
import { HttpConnection } from "./http-connection.ts";
import { metered, type ProcessGroup } from "./meter.ts";
import { startService } from "./servers.ts";
import { classified, type Emitter, newWatch, openEmitter, started } from "./stream-emitter.ts";
import type { Watch } from "./stream-load.ts";

export interface FanoutStep {
  readonly source: "streams" | "pubsub";
  readonly gateways: number;
  readonly eventsPerS: number;
  readonly seconds: number;
}

export type FanoutRun = Awaited<ReturnType<typeof measureFanout>>;

/** So many that all shards are followed; most events are of jobs that no client here follows. */
const clientsPerGateway = 16;
const tickMs = 50;

/** Gateways as processes of their own, each with some clients, while events of other jobs go by. */
export async function measureFanout(step: FanoutStep, { urls, services }: BenchContext) {
  await wipe(urls);
  await using scope = new AsyncDisposableStack();
  const emitter = scope.use(await openEmitter(urls));
  const groups: ProcessGroup[] = services.filter(({ name }) => name === "redis");
  const env: Record<string, string> = { ...urls, EVENTS_SOURCE: step.source };
  if (step.source === "pubsub") {
    const pubsub = await startRedisServer();
    scope.defer(pubsub.stop);
    env.PUBSUB_REDIS_URL = pubsub.url;
    const router = scope.use(startService("event-router", env));
    await router.ready();
    groups.push({ name: "pubsub", pid: pubsub.pid }, { name: "router", pid: router.pid });
  }
  const gateways: { origin: string; pid: number }[] = [];
  while (gateways.length < step.gateways) {
    const gateway = scope.use(startService("events", env));
    await gateway.ready();
    gateways.push(gateway);
  }
  groups.push(...gateways.map(({ pid }, i) => ({ name: `gateway-${i + 1}`, pid })));
  const clients = await openClients(gateways, emitter, scope);
  const [emitted, usage, seconds] = await metered(groups, () => emitOthers(emitter, step));
  const [missing, lagsMs] = await classifyAll(clients, emitter);
  const cpuMsOf = (...names: string[]) =>
    usage.filter(({ name }) => names.some((one) => name.startsWith(one))).reduce(cpu, 0);
  /** Milliseconds for a thousand events: what a busy machine emits later costs the same. */
  const share = (...names: string[]) => (1_000 * cpuMsOf(...names)) / emitted;
  return {
    eventsPerS: emitted / seconds,
    redis: share("redis"),
    pubsub: share("pubsub"),
    router: share("router"),
    gateways: share("gateway"),
    all: share("redis", "pubsub", "router", "gateway"),
    ...{ lagsMs, missing },
  };
}

const cpu = (sum: number, { cpuMs }: { cpuMs: number }): number => sum + cpuMs;

interface Client extends Watch {
  readonly seqs: number[];
  lagMs: number;
}

async function openClients(
  gateways: readonly { readonly origin: string }[],
  emitter: Emitter,
  scope: AsyncDisposableStack,
): Promise<readonly Client[]> {
  const clients: Client[] = [];
  for (const { origin } of gateways) {
    for (let i = 0; i < clientsPerGateway; i++) {
      const client: Client = { ...newWatch(), seqs: [], lagMs: Number.NaN };
      await emitter.emit([client], started);
      const connection = new HttpConnection(origin, { "X-User-ID": client.userId });
      const onEvent = ({ id, data }: { id?: string | undefined; data: string }) => {
        client.seqs.push(Number(id));
        client.lagMs = Date.now() - Number(/"ts":(\d+)/.exec(data)?.[1]);
      };
      const path = `/api/v1/stream?job_id=${client.jobId}`;
      connection.follow(path, {}, { onEvent, onRetry: () => undefined }).catch(() => undefined);
      scope.defer(() => connection.close());
      clients.push(client);
    }
  }
  await until(() => clients.every(({ seqs }) => seqs.includes(10)), { timeoutMs: 60_000 });
  return clients;
}

/** @returns how many were emitted; later than asked for where the machine does no more. */
async function emitOthers(emitter: Emitter, step: FanoutStep): Promise<number> {
  const each = Math.round((step.eventsPerS * tickMs) / 1_000);
  const endsAt = performance.now() + step.seconds * 1_000;
  let emitted = 0;
  for (let dueAt = performance.now(); dueAt < endsAt; dueAt += tickMs) {
    await Bun.sleep(Math.max(0, dueAt - performance.now()));
    await emitter.emit(
      Array.from({ length: each }, () => newWatch()),
      [classified],
    );
    emitted += each;
  }
  return emitted;
}

/** What every client is sent in the end, so that nothing measured was an empty run. */
async function classifyAll(
  clients: readonly Client[],
  emitter: Emitter,
): Promise<[missing: number, lagsMs: number[]]> {
  await emitter.emit(clients, [classified]);
  const has = ({ seqs }: Client) => seqs.join() === "0,10,11";
  await until(() => clients.every(has), { timeoutMs: 20_000 }).catch(() => undefined);
  return [clients.filter((one) => !has(one)).length, clients.map(({ lagMs }) => lagMs)];
}
