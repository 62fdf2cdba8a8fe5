import { describe, expect, test } from "bun:test";
import type { Figures, Series } from "#lib/contract/figures.ts";
import { quantileMs, summariseFigures, unackedOf } from "./summarise-figures.ts";

const figures = (series: readonly Partial<Series>[], windowS = 60): Figures => ({
  process: "worker",
  version: "1.0.0",
  startedAt: 0,
  windowS,
  series: series.map((one) => ({
    ...{ name: "", labels: {}, value: 0, grown: 0, buckets: [] },
    ...one,
    name: `eco2_${one.name}`,
  })),
});
const beyond = Number.MAX_VALUE;

describe("the figures of all processes", () => {
  test("are rates a minute, whatever each process's window is", () => {
    const ended = (outcome: string, grown: number) => ({
      ...{ name: "results_total", labels: { kind: "scan", outcome }, grown },
    });
    const { per_minute } = summariseFigures([
      figures([ended("completed", 30), ended("MODEL_TIMEOUT", 2)]),
      figures([ended("completed", 10)], 20),
    ]);
    expect([per_minute.completed, per_minute.failed]).toEqual([60, 2]);
  });

  test("a submit that is answered as before is no refusal", () => {
    const submit = (outcome: string, grown: number) => ({
      ...{ name: "submits_total", labels: { kind: "scan", outcome }, grown },
    });
    const all = [submit("accepted", 5), submit("replayed", 3), submit("RATE_LIMITED", 2)];
    const { submitted, refused } = summariseFigures([figures(all)]).per_minute;
    expect([submitted, refused]).toEqual([5, 2]);
  });

  test("of a model are those of all workers, and its breaker that of the worst of them", () => {
    const of = (name: string, value: number, grown = 0, labels = {}) => ({
      ...{ name: `model_${name}`, labels: { model: "m", ...labels }, value, grown },
    });
    const worker = (breaker: number) =>
      figures([
        of("calls_total", 90, 10, { outcome: "ok" }),
        of("calls_total", 9, 1, { outcome: "MODEL_TIMEOUT" }),
        of("cost_dollars_total", 1.5, 0.25),
        of("breaker_state", breaker),
        of("concurrency_limit", 8),
        of("calls_in_flight", 3),
      ]);
    const [model] = summariseFigures([worker(0), worker(2)]).models;
    expect(model).toMatchObject({
      ...{ model: "m", calls_per_min: 22, failed_per_min: 2, cost: 3, cost_per_min: 0.5 },
      ...{ breaker: "open", permits: 16, in_flight: 6 },
    });
  });

  test("say which photos cost no call", () => {
    const photo = (source: string, grown: number) => ({
      ...{ name: "vision_calls_total", labels: { source }, grown },
    });
    const { vision } = summariseFigures([
      figures([photo("model", 4), photo("cache", 5), photo("shared", 1)]),
    ]);
    expect(vision).toEqual({ called: 4, cached: 5, shared: 1 });
  });

  test("without a process there is nothing, and nothing is invented", () => {
    expect(summariseFigures([])).toMatchObject({ latencies: [], models: [], sse_clients: 0 });
    expect(unackedOf([], "scan.vision")).toBeNull();
    const worker = figures([
      { name: "consumer_unacked", labels: { task: "scan.vision" }, value: 3 },
    ]);
    expect(unackedOf([worker, worker], "scan.vision")).toBe(6);
    expect(unackedOf([worker], "scan.rule")).toBeNull();
  });
});

describe("a quantile", () => {
  const buckets = (...of: [number, number][]) => [{ buckets: of }];

  test("lies on a line within its bucket, over all processes", () => {
    expect(quantileMs(buckets([1, 0], [2, 10], [beyond, 10]), 0.5)).toBe(1_500);
    const one = buckets([1, 10], [2, 10], [beyond, 10]);
    expect(quantileMs([...one, ...buckets([1, 0], [2, 10], [beyond, 10])], 0.75)).toBe(1_500);
  });

  test("beyond the last bound is that bound, and of nothing there is none", () => {
    expect(quantileMs(buckets([1, 0], [2, 0], [beyond, 5]), 0.5)).toBe(2_000);
    expect(quantileMs(buckets([1, 0], [beyond, 0]), 0.5)).toBeNull();
    expect(quantileMs([], 0.5)).toBeNull();
  });
});
