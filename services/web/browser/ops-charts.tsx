import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { fill } from "../words/words.ts";
import { ops } from "./ops-words.ts";
import { locale } from "./page-words.ts";
import type { System } from "./use-system.ts";

interface Chart {
  readonly name: string;
  readonly series: readonly (readonly [
    label: string,
    read: (one: System) => number | null | undefined,
  ])[];
}

type Queue = NonNullable<System["queues"]>[number];
type Model = NonNullable<System["figures"]>["models"][number];
const { charts: said } = ops;

const sumOf =
  (read: (one: Queue) => number) =>
  ({ queues }: System) =>
    queues?.reduce((sum, one) => sum + read(one), 0);
const modelSum =
  (read: (one: Model) => number) =>
  ({ figures }: System) =>
    figures?.models.reduce((sum, one) => sum + read(one), 0);
const endIn =
  (quantile: "p50_ms" | "p95_ms") =>
  ({ figures }: System) => {
    const ms = figures?.latencies.find(({ what, of }) => what === "end" && of === "scan")?.[
      quantile
    ];
    return ms == null ? null : ms / 1_000;
  };

const CHARTS: readonly Chart[] = [
  {
    name: said.throughput,
    series: [
      [said.submitted, ({ figures }) => figures?.per_minute.submitted],
      [said.completed, ({ figures }) => figures?.per_minute.completed],
      [said.failed, ({ figures }) => figures?.per_minute.failed],
    ],
  },
  {
    name: said.waiting,
    series: [
      [said.ready, sumOf(({ ready }) => ready)],
      [said.unacked, sumOf(({ unacked }) => unacked ?? 0)],
      [said.retrying, ({ retries }) => retries?.reduce((sum, { messages }) => sum + messages, 0)],
      [said.dead, sumOf(({ dead }) => dead)],
    ],
  },
  {
    name: said.models,
    series: [
      [said.inFlight, modelSum(({ in_flight }) => in_flight)],
      [said.queued, modelSum(({ waiting }) => waiting)],
      [said.permits, modelSum(({ permits }) => permits)],
    ],
  },
  {
    name: said.latency,
    series: [
      [said.median, endIn("p50_ms")],
      [said.slow, endIn("p95_ms")],
    ],
  },
  {
    name: said.clients,
    series: [[said.open, ({ figures }) => figures?.sse_clients]],
  },
];

/** How the figures have moved since the page was opened. */
export function OpsCharts({ history }: { history: readonly System[] }) {
  return (
    <section aria-labelledby="charts">
      <h2 id="charts">{said.title}</h2>
      <div class="charts">
        {CHARTS.map((chart) => (
          <LiveChart key={chart.name} chart={chart} history={history} />
        ))}
      </div>
    </section>
  );
}

const height = 170;
/** Told apart by their dashes as well: colours alone are not for everybody. */
const STROKES = [
  ["--accent", []],
  ["--text", [6, 4]],
  ["--bad", [2, 3]],
  ["--quiet", [10, 3, 2, 3]],
] as const;

/** One chart, drawn anew with each look; screen readers are told its newest values. */
function LiveChart({ chart, history }: { chart: Chart; history: readonly System[] }) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const data: uPlot.AlignedData = [
    history.map(({ at }) => Date.parse(at) / 1_000),
    ...chart.series.map(([, read]) => history.map(read)),
  ];
  const newest = useRef(data);
  newest.current = data;
  useEffect(() => {
    const { current: element } = box;
    if (!element) return;
    const draw = (): void => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsOf(chart, element), newest.current, element);
    };
    draw();
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", draw);
    const sizes = new ResizeObserver(() =>
      plot.current?.setSize({ width: element.clientWidth, height }),
    );
    sizes.observe(element);
    return () => {
      dark.removeEventListener("change", draw);
      sizes.disconnect();
      plot.current?.destroy();
    };
  }, []);
  useEffect(() => plot.current?.setData(data), [history]);
  const now = history.at(-1);
  const values = chart.series
    .map(([label, read]) => `${label} ${numberText(now ? read(now) : null)}`)
    .join(", ");
  return (
    <figure class="card chart">
      <figcaption>
        <h3>{chart.name}</h3>
        <ul class="small legend">
          {chart.series.map(([label, read], i) => (
            <li key={label} data-line={i}>
              {label} <strong>{numberText(now ? read(now) : null)}</strong>
            </li>
          ))}
        </ul>
      </figcaption>
      <div ref={box} role="img" aria-label={fill(said.describe, { name: chart.name, values })} />
    </figure>
  );
}

function optionsOf({ series }: Chart, element: HTMLElement): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis = { stroke: colour("--quiet"), grid: { stroke: colour("--line"), width: 1 } };
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_, __, max) => [0, Math.max(1, max * 1.1)] } },
    axes: [
      { ...axis, values: (_, times) => times.map(timeText) },
      { ...axis, size: 52, values: (_, values) => values.map(numberText) },
    ],
    series: [
      {},
      ...series.map(([label], i) => {
        const [name, dash] = STROKES[i % STROKES.length] ?? STROKES[0];
        return { label, stroke: colour(name), width: 2, dash: [...dash], points: { show: false } };
      }),
    ],
  };
}

const timeText = (s: number) =>
  new Date(s * 1_000).toLocaleTimeString(locale, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hour12: false,
  });

function numberText(value: number | null | undefined): string {
  return value == null ? "–" : value.toLocaleString(locale, { maximumSignificantDigits: 3 });
}
