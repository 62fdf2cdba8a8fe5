import { startRedisServer } from "#lib/testing/redis-server.ts";
import { wipe } from "#lib/testing/wipe.ts";
import { startChild } from "../harness/child.ts";
import type { BenchContext } from "./bench.ts";
import { metered, type ProcessGroup } from "./meter.ts";
import { startService } from "./servers.ts";
import { classified, type Emitter, newJob, openEmitter, started } from "./stream-emitter.ts";
import type { StreamCommand, StreamReport } from "./stream-load.ts";

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
  const clients = scope.use(startChild<StreamCommand, StreamReport>("infra/bench/stream-load.ts"));
  const watches = gateways.flatMap(({ origin }) =>
    Array.from({ length: clientsPerGateway }, () => ({ ...newJob(), origin })),
  );
  await emitter.emit(watches, started);
  await clients.ask({ do: "open", watches, untilSeq: 10 });
  const [emitted, usage, seconds] = await metered(groups, () => emitOthers(emitter, step));
  // What every client is sent in the end, so that nothing measured was an empty run.
  await emitter.emit(watches, [classified]);
  const { ms: lagsMs, wrong } = await clients.ask({ do: "receive", seq: 11 });
  await clients.ask({ do: "close" });
  /** CPU ms for a thousand events: what a busy machine emits later costs the same. */
  const share = (...names: string[]) => {
    const used = usage.filter(({ name }) => names.some((one) => name.startsWith(one)));
    return (1_000 * used.reduce((sum, { cpuMs }) => sum + cpuMs, 0)) / emitted;
  };
  return {
    eventsPerS: emitted / seconds,
    redis: share("redis"),
    pubsub: share("pubsub"),
    router: share("router"),
    gateways: share("gateway"),
    all: share("redis", "pubsub", "router", "gateway"),
    ...{ lagsMs, wrong },
  };
}

/** @returns how many were emitted; later than asked for where the machine does no more. */
async function emitOthers(emitter: Emitter, step: FanoutStep): Promise<number> {
  const each = Math.round((step.eventsPerS * tickMs) / 1_000);
  const endsAt = performance.now() + step.seconds * 1_000;
  let emitted = 0;
  for (let dueAt = performance.now(); dueAt < endsAt; dueAt += tickMs) {
    await Bun.sleep(Math.max(0, dueAt - performance.now()));
    await emitter.emit(
      Array.from({ length: each }, () => newJob()),
      [classified],
    );
    emitted += each;
  }
  return emitted;
}
