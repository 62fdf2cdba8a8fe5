import { collectDefaultMetrics, Gauge, register } from "prom-client";
import { version } from "#lib/config/version.ts";

/** What Bun does not count, and three gauges that are named like counters, which Prometheus' linter refuses. */
const LEFT_OUT = [
  ...["resources", "handles", "requests"].flatMap((what) => [
    `nodejs_active_${what}`,
    `nodejs_active_${what}_total`,
  ]),
  ...["total", "used", "available"].map((what) => `nodejs_heap_space_size_${what}_bytes`),
  "nodejs_gc_duration_seconds",
  "nodejs_version_info",
];

collectDefaultMetrics();
for (const name of LEFT_OUT) register.removeSingleMetric(name);

new Gauge({
  name: "eco2_build_info",
  help: "1, with the release and the runtime of this process",
  labelNames: ["version", "bun"],
}).set({ version, bun: Bun.version }, 1);
