import { Counter, Gauge } from "prom-client";
import type { GuardObserver, GuardState } from "../models/model-guard.ts";

const calls = new Counter({
  name: "eco2_model_calls_total",
  help: "Requests sent to a model, by outcome: ok, ABORTED by us, or a fault's code",
  labelNames: ["model", "outcome"],
});
const notPermitted = new Counter({
  name: "eco2_model_calls_not_permitted_total",
  help: "Requests not sent: no turn in time, breaker open, shared rate limit used up",
  labelNames: ["model", "reason"],
});
const tokens = new Counter({
  name: "eco2_model_tokens_total",
  help: "Tokens used as reported by the provider",
  labelNames: ["model", "kind"],
});
const breaker = new Gauge({
  name: "eco2_model_breaker_state",
  help: "0 closed, 1 half-open, 2 open",
  labelNames: ["model"],
});
const concurrencyLimit = new Gauge({
  name: "eco2_model_concurrency_limit",
  help: "Calls at once this process allows itself",
  labelNames: ["model"],
});
const rate = new Gauge({
  name: "eco2_model_rate_limit",
  help: "Calls a second this process allows itself; rises with demand until the model refuses",
  labelNames: ["model"],
});
const breakerLevels = { closed: 0, "half-open": 1, open: 2 } as const;

/** What a guard does, as metrics. Model names come from the configuration: the labels are bounded. */
export function modelMetrics(model: string): GuardObserver & { onChange(state: GuardState): void } {
  return {
    onCall: (outcome) => calls.inc({ model, outcome }),
    onNotPermitted: (reason) => notPermitted.inc({ model, reason }),
    onUsage: ({ promptTokens, completionTokens }) => {
      tokens.inc({ model, kind: "prompt" }, promptTokens);
      tokens.inc({ model, kind: "completion" }, completionTokens);
    },
    onChange: ({ breaker: state, concurrency, perS }) => {
      breaker.set({ model }, breakerLevels[state]);
      concurrencyLimit.set({ model }, concurrency);
      rate.set({ model }, perS);
    },
  };
}
