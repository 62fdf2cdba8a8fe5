import { join } from "node:path";
import { register } from "prom-client";

export interface DeclaredMetric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labelNames: readonly string[];
}

const root = join(import.meta.dir, "../..");
const declares = /from "prom-client"|observedGauge\(/;

/**
 * Every metric that a process of ours may expose, by its name: they are declared at import, so the files that declare
 * one are imported. No process is started.
 */
export async function declaredMetrics(): Promise<ReadonlyMap<string, DeclaredMetric>> {
  for await (const path of new Bun.Glob("{lib,services}/**/*.ts").scan(root)) {
    if (/\.test\.ts$|\/main\.ts$/.test(path)) continue;
    const file = join(root, path);
    if (declares.test(await Bun.file(file).text())) await import(file);
  }
  const metrics = register.getMetricsAsArray().map(toDeclared);
  return new Map(metrics.map((metric) => [metric.name, metric]));
}

/** The library's types leave out what every metric of it has. */
function toDeclared(metric: object): DeclaredMetric {
  const labelNames: string[] = [...(Reflect.get(metric, "labelNames") ?? [])];
  const text = (key: string) => String(Reflect.get(metric, key));
  return { name: text("name"), help: text("help"), type: text("type"), labelNames };
}
