import * as v from "valibot";
import { named } from "#lib/contract/named.ts";
import { TASK_NAMES } from "#lib/contract/task.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const amount = v.pipe(v.number(), v.minValue(0));

const QueueStatus = v.object({
  task: v.picklist(TASK_NAMES),
  /** Waiting to be delivered. */
  ready: count,
  /** Delivered and not settled, as the workers say; null where none says. */
  unacked: v.nullable(count),
  consumers: count,
  dead: count,
  archived: count,
});
export type QueueStatus = v.InferOutput<typeof QueueStatus>;

const RetryStatus = v.object({ queue: v.string(), messages: count });
export type RetryStatus = v.InferOutput<typeof RetryStatus>;

const Latency = v.object({
  what: v.picklist(["end", "wait", "task", "model", "stream"]),
  /** Kind of submit, task or model. */
  of: v.string(),
  /** Within the last minute. */
  count,
  p50_ms: v.nullable(amount),
  p95_ms: v.nullable(amount),
});
export type Latency = v.InferOutput<typeof Latency>;

const ModelStatus = v.object({
  model: v.string(),
  calls_per_min: amount,
  failed_per_min: amount,
  not_permitted_per_min: amount,
  tokens_per_min: amount,
  /** Dollars by `MODEL_PRICES`: within the last minute, and since the processes began that run now. */
  cost_per_min: amount,
  cost: amount,
  /** Of the process that is worst off. */
  breaker: v.picklist(["closed", "half-open", "open"]),
  /** Calls at once that all workers together allow themselves. */
  permits: amount,
  in_flight: count,
  waiting: count,
  calls_per_s_max: amount,
});
export type ModelStatus = v.InferOutput<typeof ModelStatus>;

const ProcessStatus = v.object({
  process: v.string(),
  version: v.string(),
  started_at: v.pipe(v.string(), v.isoTimestamp()),
});

/** What the figures of all processes say together. */
export const FiguresStatus = v.object({
  per_minute: v.object({
    submitted: amount,
    refused: amount,
    completed: amount,
    failed: amount,
    retried: amount,
    dead_lettered: amount,
  }),
  latencies: v.array(Latency),
  models: v.array(ModelStatus),
  /** Photos classified within the last minute: by a call, from the cache, with an equal photo's call. */
  vision: v.object({ called: count, cached: count, shared: count }),
  sse_clients: count,
  processes: v.array(ProcessStatus),
});
export type FiguresStatus = v.InferOutput<typeof FiguresStatus>;

/** The running system at one moment. What could not be read is null. */
export const SystemStatus = named(
  "SystemStatus",
  v.object({
    at: v.pipe(v.string(), v.isoTimestamp()),
    queues: v.nullable(v.array(QueueStatus)),
    retries: v.nullable(v.array(RetryStatus)),
    figures: v.nullable(FiguresStatus),
  }),
);
export type SystemStatus = v.InferOutput<typeof SystemStatus>;
