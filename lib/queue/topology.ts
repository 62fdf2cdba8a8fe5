import { TASK_NAMES, type TaskName } from "#lib/contract/task.ts";

/**
 * The only owner of RabbitMQ's topology in vhost `eco2`: every process declares it at connect. A queue's
 * arguments cannot change once declared (406), so limits that may change belong in policies, not here.
 *
 * Queue = task name = routing key, everywhere: a message that waited in a retry queue or lay in a
 * dead-letter queue finds its way back by its own routing key.
 */

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** The handler's signal aborts after `soft`; the try fails after `hard`. */
export interface TaskLimits {
  readonly softLimitMs: number;
  readonly hardLimitMs: number;
}

interface TaskSpec extends TaskLimits {
  readonly exchange: string;
  /** How long a message may wait before it is dead-lettered. */
  readonly ttlMs: number;
  /** Tries after the first one. */
  readonly retriesMax: number;
  /** Times the message of an RPC is deferred; that of any other task has no limit. */
  readonly deferralsMax?: number;
  /** Messages a worker holds at once: sized to how long one takes, or to how far it is to reach past a flood. */
  readonly prefetch: number;
  /** Messages a worker works on at once, of those it holds; default: all. */
  readonly runningMax?: number;
}

/**
 * A call waits, and holds next to nothing meanwhile: 5,000 users keep 2,950 in vision, 2,050 in answer. A worker
 * holds what sixteen users may have in flight, so that it sees the messages behind theirs: what is held and not
 * worked on costs its bytes.
 */
const model = {
  softLimitMs: 60 * second,
  hardLimitMs: 90 * second,
  retriesMax: 2,
  prefetch: 8_192,
  runningMax: 4_096,
};
const quick = { softLimitMs: 30 * second, hardLimitMs: 60 * second, retriesMax: 3, prefetch: 512 };

export const TASKS = {
  "scan.vision": { exchange: "scan.direct", ttlMs: hour, ...model },
  "scan.rule": { exchange: "scan.direct", ttlMs: 5 * minute, ...quick },
  "scan.answer": { exchange: "scan.direct", ttlMs: hour, ...model },
  "scan.reward": { exchange: "scan.direct", ttlMs: hour, ...quick },
  "character.match": {
    exchange: "character.direct",
    ttlMs: 30 * second,
    softLimitMs: 10 * second,
    hardLimitMs: 15 * second,
    // A caller waits 10 s for the reply, and two deferrals take 6 s: a later reply would find nobody.
    retriesMax: 0,
    deferralsMax: 2,
    prefetch: 512,
  },
  // Four batches of 50, so that one fills while one commits.
  "character.save_ownership": {
    ...quick,
    exchange: "character.direct",
    ttlMs: day,
    prefetch: 200,
  },
  "users.save_character": { ...quick, exchange: "users.direct", ttlMs: day, prefetch: 200 },
  // Photo, tools, a minute for the client's reply, and the answer to its end.
  "chat.process": {
    ...model,
    exchange: "chat.direct",
    ttlMs: hour,
    softLimitMs: 4 * minute,
    hardLimitMs: 5 * minute,
  },
} as const satisfies Record<TaskName, TaskSpec>;

export function runningMaxOf(task: TaskName): number {
  const { prefetch, runningMax = prefetch }: TaskSpec = TASKS[task];
  return runningMax;
}

/** Retry queues and how long each holds a message, shortest first. */
export const RETRY_DELAYS_MS = {
  "retry.1s": 1_000,
  "retry.5s": 5_000,
  "retry.30s": 30_000,
} as const;
export type RetryQueue = keyof typeof RETRY_DELAYS_MS;
export const RETRY_QUEUES: readonly RetryQueue[] = ["retry.1s", "retry.5s", "retry.30s"];

const deadLetterTtlMs = 7 * day;
/** Times a broker hands out one message before it is dead-lettered: a message that kills workers. */
const deliveryLimit = 20;

export interface ExchangeSpec {
  readonly name: string;
  readonly type: "direct" | "fanout";
}

export interface QueueSpec {
  readonly name: string;
  readonly arguments: Readonly<Record<string, string | number>>;
}

export interface BindingSpec {
  readonly exchange: string;
  readonly queue: string;
  readonly routingKey: string;
}

export const DEAD_LETTER_EXCHANGE = "dlx";
export const CATALOG_EXCHANGE = "character.cache";
export const AUTHZ_EXCHANGE = "authz.fanout";

/** Without at-least-once a broker may drop a message between queue and dead-letter queue. */
const durable = {
  "x-queue-type": "quorum",
  "x-dead-letter-strategy": "at-least-once",
  "x-overflow": "reject-publish",
} as const;

function taskQueue(name: TaskName): QueueSpec {
  return {
    name,
    arguments: {
      ...durable,
      "x-message-ttl": TASKS[name].ttlMs,
      "x-dead-letter-exchange": DEAD_LETTER_EXCHANGE,
      "x-dead-letter-routing-key": name,
      "x-delivery-limit": deliveryLimit,
    },
  };
}

function retryQueue([name, delayMs]: [string, number]): QueueSpec {
  // No dead-letter routing key: the message keeps its own, which is the name of its task queue.
  return {
    name,
    arguments: { ...durable, "x-message-ttl": delayMs, "x-dead-letter-exchange": "" },
  };
}

export const EXCHANGES: readonly ExchangeSpec[] = [
  ...[...new Set(TASK_NAMES.map((task) => TASKS[task].exchange)), DEAD_LETTER_EXCHANGE].map(
    (name) => ({ name, type: "direct" }) as const,
  ),
  ...[...Object.keys(RETRY_DELAYS_MS), CATALOG_EXCHANGE, AUTHZ_EXCHANGE].map(
    (name) => ({ name, type: "fanout" }) as const,
  ),
];

export const QUEUES: readonly QueueSpec[] = [
  ...TASK_NAMES.map(taskQueue),
  ...Object.entries(RETRY_DELAYS_MS).map(retryQueue),
  ...TASK_NAMES.map((task) => ({
    name: `dlq.${task}`,
    // Expired dead letters are gone for good, unless the redrive archived them before.
    arguments: { "x-queue-type": "quorum", "x-message-ttl": deadLetterTtlMs },
  })),
  ...TASK_NAMES.map((task) => ({
    name: `archive.${task}`,
    arguments: { "x-queue-type": "quorum" },
  })),
];

export const BINDINGS: readonly BindingSpec[] = [
  ...TASK_NAMES.map((task) => ({ exchange: TASKS[task].exchange, queue: task, routingKey: task })),
  ...TASK_NAMES.map((task) => ({
    exchange: DEAD_LETTER_EXCHANGE,
    queue: `dlq.${task}`,
    routingKey: task,
  })),
  ...Object.keys(RETRY_DELAYS_MS).map((name) => ({ exchange: name, queue: name, routingKey: "" })),
];

/**
 * What the processes' user may do where an operator declares the topology: declare nothing but the queues of their own
 * that a server names, which follow the fanouts.
 */
export const BROKER_PERMISSIONS = { configure: "^amq\\.gen", write: ".*", read: ".*" } as const;
