import type { Redis } from "ioredis";
import { systemClock } from "#lib/clock/clock.ts";
import type { TaskName } from "#lib/contract/task.ts";
import type { Logger } from "#lib/log/logger.ts";
import type { ProcessScope } from "#lib/process/run-process.ts";
import type { Consumer } from "#lib/queue/consumer.ts";
import { TASKS } from "#lib/queue/topology.ts";
import { createLocalModel } from "./adapters/local.ts";
import { LocalDetector } from "./adapters/local-detector.ts";
import { createModelLimiter } from "./adapters/model-limiter.ts";
import { modelMetrics } from "./adapters/model-metrics.ts";
import { createOpenAiModel, type OpenAiOptions } from "./adapters/openai.ts";
import type { WorkerConfig } from "./config.ts";
import { type AskModels, askModels } from "./models/ask-models.ts";
import type { Model } from "./models/model.ts";
import { type Allowance, type GuardWatch, ModelGuard } from "./models/model-guard.ts";
import { paceIntake } from "./models/pace-intake.ts";
import { pickModels } from "./models/pick-models.ts";

/** Gemini behind its OpenAI-compatible endpoint: https://ai.google.dev/gemini-api/docs/openai */
const geminiBaseUrl = "https://generativelanguage.googleapis.com/v1beta/openai";
/** Below the task's soft limit, so that a slow model fails as a slow model. */
const modelTimeoutMs = TASKS["scan.vision"].softLimitMs - 2_000;
/** Leaves another model the time most calls take. */
const modelTimeoutMsWithOthers = modelTimeoutMs - 20_000;
/** The stages that call models, and what they hold in hand together. */
const modelStages = ["scan.vision", "scan.answer"] as const;
const callsMax = modelStages.reduce((sum, stage) => sum + TASKS[stage].prefetch, 0);

export interface Models {
  readonly ask: AskModels;
  /** From here on the stages take what the models can take. */
  pace(consumers: ReadonlyMap<TaskName, Consumer>): void;
}

interface Given {
  readonly redis: Redis;
  /** Put around every model. */
  readonly share: (model: Model) => Model;
  readonly log: Logger;
  readonly scope: ProcessScope;
}

/** Every model a key is configured for, each behind its guard; the embedded one is always there. */
export function createModels(config: WorkerConfig, given: Given): Models {
  const { share, log } = given;
  let update = (): void => undefined;
  const limiter = createModelLimiter(given.redis, {
    requestsPerMinute: config.MODEL_RPM,
    tokensPerMinute: config.MODEL_TPM,
  });
  const guardOf = (name: string, allowance?: Allowance) => {
    const watch = watchModel(name, log, () => update());
    return new ModelGuard({ clock: systemClock, callsMax, watch, ...(allowance && { allowance }) });
  };

  const endpoints = [...openAiEndpoints(config), ...geminiEndpoints(config)];
  const timeoutMs = endpoints.length > 1 ? modelTimeoutMsWithOthers : modelTimeoutMs;
  const guarded = endpoints.map(({ provider, ...options }) => {
    const guard = guardOf(options.name, limiter?.(options.name));
    const model = share(createOpenAiModel({ ...options, timeoutMs, guard: guard.run }));
    return { provider, guard, model };
  });
  const local = createLocal(guardOf, given);
  const guards = guarded.length > 0 ? guarded.map(({ guard }) => guard) : [local.guard];
  return {
    ask: askModels(pickModels(guarded, share(local.model)), systemClock),
    pace(consumers) {
      const setPrefetch = (calls: number) => {
        for (const stage of modelStages) void consumers.get(stage)?.setPrefetch(calls);
      };
      update = paceIntake(guards, setPrefetch, systemClock);
    },
  };
}

/** Its detector takes one photo at a time and turns away a long line: a guard narrows that as well. */
function createLocal(
  guardOf: (name: string) => ModelGuard,
  { log, scope }: Pick<Given, "log" | "scope">,
): { readonly model: Model; readonly guard: ModelGuard } {
  const detector = new LocalDetector({
    onUnavailable: (reason) => log.warn("no object detector: words only", { reason }),
  });
  scope.onStop("detector", () => detector.close());
  const guard = guardOf("local");
  const model = createLocalModel({
    detect: (photo, signal) => guard.run(0, signal, () => detector.detect(photo, signal)),
  });
  return { model, guard };
}

/** Metrics, the log, and a word to whoever paces the stages. */
function watchModel(model: string, log: Logger, onChange: () => void): GuardWatch {
  const metrics = modelMetrics(model);
  let known = "closed";
  return {
    ...metrics,
    onCall(outcome, error) {
      metrics.onCall(outcome, error);
      const needsPerson = outcome === "MODEL_QUOTA_EXHAUSTED" || outcome === "MODEL_REJECTED";
      if (needsPerson) log.error("model needs attention", { model, code: outcome, error });
    },
    onChange(state) {
      metrics.onChange(state);
      if (state.breaker !== known) log.warn("model breaker", { model, ...state });
      known = state.breaker;
      onChange();
    },
  };
}

type Endpoint = Omit<OpenAiOptions, "timeoutMs" | "guard"> & { readonly provider: string };

function openAiEndpoints(config: WorkerConfig): Endpoint[] {
  const { OPENAI_API_KEY: key, OPENAI_BASE_URL: baseURL } = config;
  if (key === undefined && baseURL === undefined) return [];
  const isGemini = config.SUPPORTED_GEMINI_MODELS.includes(config.DEFAULT_MODEL);
  const names = [...(isGemini ? [] : [config.DEFAULT_MODEL]), ...config.SUPPORTED_GPT_MODELS];
  return [...new Set(names)].map((name) => ({
    provider: "openai",
    name,
    // Local servers want no key, but the protocol's header is never empty.
    apiKey: key ?? "none",
    ...(baseURL === undefined ? {} : { baseURL }),
  }));
}

function geminiEndpoints({ GEMINI_API_KEY: apiKey, ...config }: WorkerConfig): Endpoint[] {
  if (apiKey === undefined) return [];
  return config.SUPPORTED_GEMINI_MODELS.map((name) => ({
    provider: "gemini",
    name,
    apiKey,
    baseURL: geminiBaseUrl,
  }));
}
