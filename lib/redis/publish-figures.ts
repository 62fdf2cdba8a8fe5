import type { Redis } from "ioredis";
import { register } from "prom-client";
import { systemClock } from "#lib/clock/clock.ts";
import { version } from "#lib/config/version.ts";
import { type Figures, figuresKeys, type Series } from "#lib/contract/figures.ts";
import { repeat } from "#lib/process/repeat.ts";
import type { ProcessScope } from "#lib/process/run-process.ts";
import { redisCall } from "./client.ts";

/** What the operator's page shows, and nothing else: Redis is no store of metrics. */
const PUBLISHED = [
  ...["eco2_submits_total", "eco2_results_total", "eco2_submit_to_end_seconds"],
  ...["eco2_queue_wait_seconds", "eco2_task_duration_seconds", "eco2_task_retries_total"],
  ...["eco2_dead_letters_total", "eco2_consumer_unacked", "eco2_consumer_waiting"],
  ...["eco2_model_calls_total", "eco2_model_call_duration_seconds", "eco2_model_tokens_total"],
  ...["eco2_model_calls_not_permitted_total", "eco2_model_cost_dollars_total"],
  ...["eco2_model_breaker_state", "eco2_model_concurrency_limit", "eco2_model_rate_limit"],
  ...["eco2_model_calls_in_flight", "eco2_model_calls_waiting", "eco2_vision_calls_total"],
  ...["eco2_sse_streams", "eco2_stream_lag_seconds"],
];

const everyMs = 5_000;
/** A process that has missed two is not shown. */
const ttlS = 15;
/** So that growth is that of a minute. */
const keptMax = 12;
/** Far more than clocks of processes differ. */
const indexedMs = 3_600_000;

interface Publishing {
  readonly name: string;
  readonly everyMs?: number;
}

/**
 * Writes what this process has measured to Redis every few seconds: two keys and some kilobytes, whatever load there
 * is. Nobody waits for it: while Redis is away there are no figures.
 */
export function publishFigures(
  redis: Redis,
  scope: Pick<ProcessScope, "onStop">,
  { name, everyMs: intervalMs = everyMs }: Publishing,
): void {
  const instance = crypto.randomUUID();
  const startedAt = systemClock.now();
  const past: Measured[] = [{ at: startedAt, series: new Map() }];
  const publish = async (): Promise<void> => {
    const now = systemClock.now();
    const [earlier] = past;
    const series = await measure();
    if (earlier === undefined) return;
    past.push({ at: now, series });
    if (past.length > keptMax) past.shift();
    const windowS = Math.max(1, (now - earlier.at) / 1_000);
    const grown = [...series].map(([id, one]) => growth(one, earlier.series.get(id)));
    const figures: Figures = { process: name, version, startedAt, windowS, series: grown };
    await Promise.all([
      redisCall(() =>
        redis.set(figuresKeys.figures(instance), JSON.stringify(figures), "EX", ttlS),
      ),
      redisCall(() => redis.zadd(figuresKeys.index, now, instance)),
      redisCall(() => redis.zremrangebyscore(figuresKeys.index, "-inf", now - indexedMs)),
    ]);
  };
  const tryPublish = () => publish().catch(() => undefined);
  void tryPublish();
  scope.onStop("figures", repeat(tryPublish, intervalMs).stop);
}

interface Measured {
  readonly at: number;
  readonly series: ReadonlyMap<string, Series>;
}

/** Every published series of this process as it is now, with counts since the process began. */
async function measure(): Promise<Map<string, Series>> {
  const found = new Map<string, Series>();
  for (const name of PUBLISHED) {
    const metric = await register.getSingleMetric(name)?.get();
    if (metric === undefined) continue;
    for (const { value, labels, ...rest } of metric.values) {
      const part = "metricName" in rest ? String(rest.metricName).slice(name.length) : "";
      if (part === "_sum") continue;
      const { le, ...own } = textOf(labels);
      const id = JSON.stringify([name, own]);
      const series = found.get(id) ?? { name, labels: own, value: 0, grown: 0, buckets: [] };
      // A gauge cannot grow.
      const grown = metric.type.toString() === "gauge" ? 0 : value;
      if (part !== "_bucket") found.set(id, { ...series, value, grown });
      else found.set(id, { ...series, buckets: [...series.buckets, [boundOf(le), value]] });
    }
  }
  return found;
}

function textOf(labels: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, String(value)]));
}

/** JSON has no infinity. */
function boundOf(le = ""): number {
  return le === "+Inf" ? Number.MAX_VALUE : Number(le);
}

function growth(now: Series, before: Series | undefined): Series {
  const belowBefore = new Map(before?.buckets);
  return {
    ...now,
    grown: now.grown - (before?.grown ?? 0),
    buckets: now.buckets.map(([bound, below]) => [bound, below - (belowBefore.get(bound) ?? 0)]),
  };
}
