import { Counter, Gauge, Histogram } from "prom-client";
import type { ModelPrice } from "../model-prices.ts";
import type { GuardObserver, GuardState } from "../models/model-guard.ts";

const calls = new Counter({
  name: "eco2_model_calls_total",
  help: "Requests sent to a model, by outcome: ok, ABORTED by us, or a fault's code",
  labelNames: ["model", "outcome"],
});
const duration = new Histogram({
  name: "eco2_model_call_duration_seconds",
  help: "Time from sending a request to a model until its outcome",
  labelNames: ["model"],
  buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 7.5, 10, 15, 20, 30, 60],
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
const cost = new Counter({
  name: "eco2_model_cost_dollars_total",
  help: "What those tokens cost by MODEL_PRICES; nothing for a model without a price",
  labelNames: ["model"],
});

const guards = new Map<string, { readonly state: GuardState }>();
const breakerLevels = { closed: 0, "half-open": 1, open: 2 } as const;
declare("eco2_model_breaker_state", "0 closed, 1 half-open, 2 open", (state) => {
  return breakerLevels[state.breaker];
});
declare(
  "eco2_model_concurrency_limit",
  "Calls at once this process allows itself",
  (state) => state.concurrency,
);
declare(
  "eco2_model_rate_limit",
  "Calls a second this process allows itself; rises with demand until the model refuses",
  (state) => state.perS,
);
declare("eco2_model_calls_in_flight", "Calls whose outcome is open", (state) => state.inFlight);
declare("eco2_model_calls_waiting", "Calls that wait for a permit", (state) => state.waiting);

/** A gauge over every guard of this process, read at each scrape. */
function declare(name: string, help: string, read: (state: GuardState) => number): void {
  new Gauge({
    name,
    help,
    labelNames: ["model"],
    collect() {
      for (const [model, { state }] of guards) this.set({ model }, read(state));
    },
  });
}

/** Model names come from the configuration: the labels are bounded. */
export function observeGuard(model: string, guard: { readonly state: GuardState }): void {
  guards.set(model, guard);
}

/** What a guard does, as metrics. */
export function observeCalls(model: string, price: ModelPrice | undefined): GuardObserver {
  return {
    onCall: (outcome, ms) => {
      calls.inc({ model, outcome });
      duration.observe({ model }, ms / 1_000);
    },
    onNotPermitted: (reason) => notPermitted.inc({ model, reason }),
    onUsage: ({ promptTokens, completionTokens }) => {
      tokens.inc({ model, kind: "prompt" }, promptTokens);
      tokens.inc({ model, kind: "completion" }, completionTokens);
      if (!price) return;
      const dollars = promptTokens * price.prompt + completionTokens * price.completion;
      cost.inc({ model }, dollars / 1e6);
    },
  };
}
