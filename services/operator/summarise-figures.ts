import type { Figures, Series } from "#lib/contract/figures.ts";
import type { FiguresStatus, Latency, ModelStatus } from "./system-status.ts";

/** What all processes have measured, as one system. */
export function summariseFigures(all: readonly Figures[]): FiguresStatus {
  const series = all.flatMap((one) =>
    one.series.map((each) => ({ ...each, windowS: one.windowS })),
  );
  const of = (name: string) => series.filter((one) => one.name === `eco2_${name}`);
  const submits = of("submits_total");
  const results = of("results_total");
  const vision = (source: string) =>
    Math.round(perMinute(having(of("vision_calls_total"), { source })));
  return {
    per_minute: {
      submitted: perMinute(having(submits, { outcome: "accepted" })),
      refused: perMinute(submits.filter(({ labels }) => !TAKEN.includes(labels.outcome ?? ""))),
      completed: perMinute(having(results, { outcome: "completed" })),
      failed: perMinute(results.filter(({ labels }) => labels.outcome !== "completed")),
      retried: perMinute(of("task_retries_total")),
      dead_lettered: perMinute(of("dead_letters_total")),
    },
    latencies: LATENCIES.flatMap(([what, name, label]) => latenciesOf(what, of(name), label)),
    models: namesOf(series, "model").map((model) => summariseModel(model, of)),
    vision: { called: vision("model"), cached: vision("cache"), shared: vision("shared") },
    sse_clients: total(of("sse_streams")),
    processes: all
      .map(({ process, version, startedAt }) => ({
        process,
        version,
        started_at: new Date(startedAt).toISOString(),
      }))
      .toSorted(({ process: a }, { process: b }) => a.localeCompare(b)),
  };
}

/** Messages that the workers hold; null where none says. */
export function unackedOf(all: readonly Figures[], task: string): number | null {
  const own = having(
    all.flatMap(({ series }) => series.filter(({ name }) => name === "eco2_consumer_unacked")),
    { task },
  );
  return own.length === 0 ? null : total(own);
}

type Timed = Series & { readonly windowS: number };

/** Outcomes of a submit that are no refusal. */
const TAKEN = ["accepted", "replayed"];

/** What is timed, its metric, and the label that it is told apart by. */
const LATENCIES = [
  ["end", "submit_to_end_seconds", "kind"],
  ["wait", "queue_wait_seconds", "task"],
  ["task", "task_duration_seconds", "task"],
  ["model", "model_call_duration_seconds", "model"],
  ["stream", "stream_lag_seconds", undefined],
] as const satisfies readonly (readonly [Latency["what"], string, string | undefined])[];

function latenciesOf(
  what: Latency["what"],
  series: readonly Timed[],
  label: string | undefined,
): Latency[] {
  const groups = Map.groupBy(series, ({ labels }) => (label && labels[label]) || what);
  return [...groups]
    .map(([of, own]) => ({
      what,
      of,
      count: own.reduce((sum, { grown }) => sum + grown, 0),
      p50_ms: quantileMs(own, 0.5),
      p95_ms: quantileMs(own, 0.95),
    }))
    .toSorted((a, b) => a.of.localeCompare(b.of));
}

/**
 * As Prometheus' `histogram_quantile`: by a line within the bucket. Null where nothing was timed; the last finite bound
 * for what is beyond it.
 */
export function quantileMs(series: readonly Pick<Series, "buckets">[], q: number): number | null {
  const below = new Map<number, number>();
  for (const { buckets } of series) {
    for (const [bound, n] of buckets) below.set(bound, (below.get(bound) ?? 0) + n);
  }
  const rising = [...below].toSorted(([a], [b]) => a - b);
  const all = rising.at(-1)?.[1] ?? 0;
  if (all <= 0) return null;
  let [from, before] = [0, 0];
  for (const [bound, n] of rising) {
    if (bound === Number.MAX_VALUE) break;
    if (n >= q * all) {
      const share = n > before ? (q * all - before) / (n - before) : 1;
      return Math.round((from + (bound - from) * share) * 1_000);
    }
    [from, before] = [bound, n];
  }
  return Math.round(from * 1_000);
}

const BREAKERS = ["closed", "half-open", "open"] as const;

function summariseModel(model: string, of: (name: string) => Timed[]): ModelStatus {
  const own = (name: string) => having(of(`model_${name}`), { model });
  const calls = own("calls_total");
  const costs = own("cost_dollars_total");
  const worst = Math.max(0, ...own("breaker_state").map(({ value }) => value));
  return {
    model,
    calls_per_min: perMinute(calls),
    failed_per_min: perMinute(calls.filter(({ labels }) => labels.outcome !== "ok")),
    not_permitted_per_min: perMinute(own("calls_not_permitted_total")),
    tokens_per_min: perMinute(own("tokens_total")),
    cost_per_min: perMinute(costs),
    cost: total(costs),
    breaker: BREAKERS[worst] ?? "open",
    permits: total(own("concurrency_limit")),
    in_flight: total(own("calls_in_flight")),
    waiting: total(own("calls_waiting")),
    calls_per_s_max: total(own("rate_limit")),
  };
}

function having<S extends Series>(series: readonly S[], wanted: Record<string, string>): S[] {
  return series.filter(({ labels }) =>
    Object.entries(wanted).every(([label, value]) => labels[label] === value),
  );
}

function total(series: readonly Series[]): number {
  return series.reduce((sum, { value }) => sum + Math.max(0, value), 0);
}

function perMinute(series: readonly Timed[]): number {
  const sum = series.reduce((all, { grown, windowS }) => all + (grown * 60) / windowS, 0);
  // Two digits are what a person reads; a cost has more of them.
  return Math.max(0, Number(sum.toPrecision(3)));
}

function namesOf(series: readonly Series[], label: string): string[] {
  const names = series.flatMap(({ labels }) => labels[label] ?? []);
  return [...new Set(names)].toSorted();
}
