import * as v from "valibot";
import { parse } from "yaml";

const Rule = v.strictObject({
  alert: v.string(),
  expr: v.string(),
  for: v.string(),
  labels: v.strictObject({ severity: v.picklist(["page", "ticket"]) }),
  annotations: v.strictObject({ summary: v.string(), runbook: v.string() }),
});
const File = v.strictObject({
  groups: v.array(v.strictObject({ name: v.string(), rules: v.array(Rule) })),
});

const read = async (name: string) => parse(await Bun.file(new URL(name, import.meta.url)).text());

/** The groups of `alerts.yaml`, as Kubernetes' PrometheusRule has them as well. */
export const ruleGroups = v.parse(File, await read("alerts.yaml")).groups;

/** Whom alerts are sent to: `alertmanager.yaml`. */
export const alertRoute = v.parse(v.looseObject({}), await read("alertmanager.yaml"));

const Scrape = v.looseObject({
  job_name: v.string(),
  metrics_path: v.optional(v.string(), "/metrics"),
  params: v.optional(v.record(v.string(), v.array(v.string())), {}),
});
const { scrape_configs: scrapes } = v.parse(
  v.looseObject({ scrape_configs: v.array(Scrape) }),
  await read("prometheus.yaml"),
);

/** What is asked of RabbitMQ, wherever Prometheus runs. */
export const brokerScrape = v.parse(
  Scrape,
  scrapes.find(({ job_name }) => job_name === "rabbitmq"),
);
