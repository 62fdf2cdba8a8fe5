import type { Redis } from "ioredis";
import { systemClock } from "#lib/clock/clock.ts";
import { httpRequestsMax } from "#lib/config/http-requests-max.ts";
import { modelEndpoints } from "#lib/config/model-endpoints.ts";
import type { TaskName } from "#lib/contract/task.ts";
import type { Logger } from "#lib/log/logger.ts";
import { inspectServer } from "#lib/model-server/inspect-server.ts";
import { LearnedDialect } from "#lib/model-server/learned-dialect.ts";
import type { ProcessScope } from "#lib/process/run-process.ts";
import { createSemaphore } from "#lib/process/semaphore.ts";
import { runningMaxOf, TASKS, type TaskLimits } from "#lib/queue/topology.ts";
import { createLocalModel } from "./adapters/local.ts";
import { LocalDetector } from "./adapters/local-detector.ts";
import { observeCalls, observeGuard } from "./adapters/model-metrics.ts";
import { createModelRateLimiter } from "./adapters/model-rate-limiter.ts";
import { recordCall } from "./adapters/model-spans.ts";
import { createOpenAiModel } from "./adapters/openai.ts";
import { createOpenAiClient } from "./adapters/openai-client.ts";
import { createOpenAiReply } from "./adapters/openai-reply.ts";
import { countVisionCall, createVisionCache } from "./adapters/vision-cache.ts";
import type { WorkerConfig } from "./config.ts";
import type { ModelPrice } from "./model-prices.ts";
import { adaptPrefetch, type ModelCapacity } from "./models/adaptive-prefetch.ts";
import { type CallModel, callWithFallback } from "./models/call-with-fallback.ts";
import { FairTurns } from "./models/fair-turns.ts";
import type { Model } from "./models/model.ts";
import { ModelGuard, type ModelGuardOptions } from "./models/model-guard.ts";
import { type ConfiguredModel, type GuardedModel, selectModels } from "./models/select-models.ts";
import { singleFlightVision } from "./models/single-flight-vision.ts";
import { TokenCosts } from "./models/token-costs.ts";

/** The tasks that call models. */
export const modelStages = ["scan.vision", "scan.answer", "chat.process"] as const;
export function isModelStage(task: TaskName): task is (typeof modelStages)[number] {
  return modelStages.some((stage) => stage === task);
}

/** Messages they work on together at most. */
const runningMaxOfAll = modelStages.reduce((sum, stage) => sum + runningMaxOf(stage), 0);
const { softLimitMs } = TASKS["scan.vision"];
/** Below the task's soft limit, so that a slow model fails as a slow model. */
const marginMs = 2_000;
/** Leaves a fallback the time most calls take. */
const fallbackMs = 20_000;
/** Left to photos, which take milliseconds and must not wait for models, which take seconds. */
const otherRequestsMax = 64;
/** A message that waits longer is better off in a retry queue: its time limit runs meanwhile. */
const connectionWaitMsMax = 2_000;

export interface Models {
  readonly call: CallModel;
  /** Whether the model that is called under a name can converse. */
  hasChat(name: string): boolean;
  /** Of a task that calls models: one may be given longer than the task has by itself. */
  limitsOf(task: (typeof modelStages)[number]): TaskLimits;
  /** Tells the listener what all models take at once: now, and whenever that changes. */
  followCapacity(listener: (capacity: ModelCapacity) => void): void;
  /** Whose turn it is among the messages that a consumer of one of them holds. */
  createTurns(task: (typeof modelStages)[number]): FairTurns;
}

interface ModelsDeps {
  readonly redis: Redis;
  readonly log: Logger;
  readonly scope: ProcessScope;
}

interface GuardsDeps extends ModelsDeps {
  readonly costs: TokenCosts;
}

/** Every model a key is configured for, each behind its guard; the embedded one is always there. */
export function createModels(config: WorkerConfig, deps: ModelsDeps): Models {
  const withSingleFlight = createVisionSharing(config, deps.redis);
  const costs = new TokenCosts();
  const remote = createRemoteModels(config, { ...deps, costs });
  const local = createGuardedLocal({ ...deps, costs });
  const configured = remote.models.map((one) => ({ ...one, model: withSingleFlight(one.model) }));
  const candidates = selectModels(configured, {
    ...local,
    model: withSingleFlight(local.model),
  });
  const { guards, callsMax } = remote.models.length > 0 ? remote : local;
  const moreMs = Math.max(0, remote.timeoutMs + marginMs - softLimitMs);
  return {
    limitsOf: (task) => {
      const { softLimitMs: soft, hardLimitMs: hard } = TASKS[task];
      return { softLimitMs: soft + moreMs, hardLimitMs: hard + moreMs };
    },
    call: callWithFallback(candidates, systemClock),
    hasChat: (name) => candidates(name)[0]?.model.chat !== undefined,
    followCapacity: (setCapacity) =>
      adaptPrefetch(guards, { callsMax, setCapacity, clock: systemClock }),
    createTurns: (task) => new FairTurns({ costOf: costs.of, runningMax: runningMaxOf(task) }),
  };
}

/** Guarded models, and how many calls make sense at once. */
interface Guarded {
  readonly guards: readonly ModelGuard[];
  readonly callsMax: number;
}

/** The models behind HTTP share the connections of this process, and each its rate limit with all workers. */
function createRemoteModels(
  config: WorkerConfig,
  { redis, log, costs }: GuardsDeps,
): Guarded & { readonly models: readonly ConfiguredModel[]; readonly timeoutMs: number } {
  const connectionsMax = Math.max(1, httpRequestsMax() - otherRequestsMax);
  const withConnection = createSemaphore(connectionsMax, connectionWaitMsMax);
  const callsMax = Math.min(runningMaxOfAll, connectionsMax);
  const rateLimiterOf = createModelRateLimiter(redis, {
    requestsPerMinute: config.MODEL_RPM,
    tokensPerMinute: config.MODEL_TPM,
  });
  const endpoints = modelEndpoints(config);
  const timeoutMs = modelTimeoutMs(config, endpoints.length > 1);
  const guarded = endpoints.map(({ provider, name, apiKey, baseURL }) => {
    const guard = createGuard(name, {
      callsMax,
      log,
      costs,
      rateLimiter: rateLimiterOf?.(name),
      price: config.MODEL_PRICES[name],
    });
    const dialect = new LearnedDialect((changed, { words }) =>
      log.warn("model is asked otherwise", { model: name, ...changed, reason: words }),
    );
    const options = { name, timeoutMs, withConnection, dialect };
    const streaming = createOpenAiClient({ apiKey, baseURL, isStreamed: true });
    const reply = createOpenAiReply({ ...options, client: streaming });
    const client = createOpenAiClient({ apiKey, baseURL });
    return { guard, provider, model: createOpenAiModel({ ...options, client, reply }) };
  });
  return { models: guarded, guards: guarded.map(({ guard }) => guard), callsMax, timeoutMs };
}

/** One line a server at boot: what is asked of it, and what is wrong with it. */
export async function logModelServers(config: WorkerConfig, log: Logger): Promise<void> {
  const servers = Map.groupBy(modelEndpoints(config), ({ baseURL }) => baseURL);
  for (const [baseURL, [endpoint, ...rest]] of servers) {
    if (!endpoint) continue;
    const models = [endpoint, ...rest].map(({ name }) => name);
    const problems = await inspectServer(endpoint, models);
    const { origin, pathname } = new URL(baseURL);
    const fields = { server: `${origin}${pathname}`, models };
    if (problems.length === 0) log.info("model server", fields);
    else log.warn("model server", { ...fields, problems });
  }
}

function modelTimeoutMs({ MODEL_TIMEOUT: s }: WorkerConfig, hasFallback: boolean): number {
  return s === undefined ? softLimitMs - marginMs - (hasFallback ? fallbackMs : 0) : s * 1_000;
}

/** The detector takes one photo at a time and refuses a long line: its guard finds the rate of that. */
function createGuardedLocal({ log, scope, costs }: GuardsDeps): Guarded & GuardedModel {
  const detector = new LocalDetector({
    onUnavailable: (reason) => log.warn("no object detector: words only", { reason }),
  });
  scope.onStop("detector", () => detector.close());
  const guard = createGuard("local", { callsMax: runningMaxOfAll, log, costs });
  return {
    model: createLocalModel(detector.detect),
    guard,
    guards: [guard],
    callsMax: runningMaxOfAll,
  };
}

/** A guard whose state is seen in the metrics and the log. */
function createGuard(
  model: string,
  {
    log,
    price,
    ...options
  }: Pick<ModelGuardOptions, "callsMax" | "costs" | "rateLimiter"> & {
    log: Logger;
    price?: ModelPrice | undefined;
  },
): ModelGuard {
  const calls = observeCalls(model, price);
  const guard = new ModelGuard({
    clock: systemClock,
    ...options,
    observer: {
      ...calls,
      onCall(outcome, ms, error, usage) {
        calls.onCall(outcome, ms);
        recordCall(model, { outcome, ms, usage });
        const needsPerson =
          outcome === "MODEL_QUOTA_EXHAUSTED" || outcome === "MODEL_ACCESS_DENIED";
        if (needsPerson) log.error("model needs attention", { model, code: outcome, error });
      },
    },
  });
  observeGuard(model, guard);
  let logged = "closed";
  guard.onChange((state) => {
    if (state.breaker !== logged) log.warn("model circuit breaker", { model, ...state });
    logged = state.breaker;
  });
  return guard;
}

/** Equal photos are classified once, unless `VISION_CACHE_TTL` is 0. */
function createVisionSharing(
  { VISION_CACHE_TTL: ttlS, OPENAI_BASE_URL: origin = "" }: WorkerConfig,
  redis: Redis,
): (model: Model) => Model {
  const count = countVisionCall;
  if (ttlS > 0) {
    const cache = createVisionCache(redis, { ttlS });
    return (model) => singleFlightVision(model, { cache, count, origin });
  }
  return (model) => ({
    ...model,
    classify: (input, permit) => {
      count("model");
      return model.classify(input, permit);
    },
  });
}
