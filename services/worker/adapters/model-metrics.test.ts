import { expect, test } from "bun:test";
import { register } from "prom-client";
import { modelPricesDefault, parseModelPrices } from "../model-prices.ts";
import { observeCalls, observeGuard } from "./model-metrics.ts";

const model = "priced-model";
async function metricValue(name: string, labels: Record<string, string> = {}): Promise<unknown> {
  const found = (await register.getSingleMetric(name)?.get())?.values.filter((one) =>
    Object.entries({ model, ...labels }).every(([key, value]) => one.labels[key] === value),
  );
  return found?.[0]?.value;
}

test("a call counts its tokens and, with a price, its dollars", async () => {
  const usage = { promptTokens: 2_000, completionTokens: 500 };
  observeCalls(model, { prompt: 1.75, completion: 14 }).onUsage(usage);
  expect(await metricValue("eco2_model_tokens_total", { kind: "completion" })).toBe(500);
  expect(await metricValue("eco2_model_cost_dollars_total")).toBeCloseTo(0.0105, 10);
  observeCalls("free-model", undefined).onUsage(usage);
  expect(await register.getSingleMetricAsString("eco2_model_cost_dollars_total")).not.toContain(
    "free-model",
  );
});

test("a guard's state is read at each scrape", async () => {
  const state = { breaker: "closed", concurrency: 8, perS: 3, inFlight: 2, waiting: 1 } as const;
  const guard: { state: Parameters<typeof observeGuard>[1]["state"] } = { state };
  observeGuard(model, guard);
  expect(await metricValue("eco2_model_breaker_state")).toBe(0);
  expect(await metricValue("eco2_model_calls_in_flight")).toBe(2);
  expect(await metricValue("eco2_model_calls_waiting")).toBe(1);
  guard.state = { ...state, breaker: "open", inFlight: 0 };
  expect(await metricValue("eco2_model_breaker_state")).toBe(2);
  expect(await metricValue("eco2_model_calls_in_flight")).toBe(0);
});

test("prices are read by model, and what is none is refused", () => {
  expect(parseModelPrices(modelPricesDefault)).toHaveProperty("gpt-5-mini", {
    prompt: 0.25,
    completion: 2,
  });
  expect(parseModelPrices(" org/m:free=0/0 , b=1.5/2,")).toEqual({
    "org/m:free": { prompt: 0, completion: 0 },
    b: { prompt: 1.5, completion: 2 },
  });
  expect(parseModelPrices("")).toEqual({});
  for (const wrong of ["a", "a=1", "a=1/", "a=-1/2", "a=1/2/3", "=1/2", "a=x/y"])
    expect([wrong, parseModelPrices(wrong)]).toEqual([wrong, undefined]);
});
