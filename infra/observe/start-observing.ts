import { join } from "node:path";
import { projectFolder } from "../services/ensure-services.ts";
import { choosePort } from "../services/port.ts";
import { serveBrokerMetrics } from "../services/rabbitmq.ts";
import type { Source } from "../services/service.ts";
import { readState } from "../services/state.ts";
import { startPrometheus } from "./start-prometheus.ts";

/** Starts Prometheus beside the stack of this folder, until this process ends, and says where to look. */
export async function startObserving(metricsPort: number, brokerSource: Source): Promise<void> {
  const say = (line: string) => void process.stderr.write(`observe: ${line}\n`);
  const eco2 = [metricsPort, metricsPort + 1].map((port) => `127.0.0.1:${port}`);
  const rabbitmq = await openBroker(brokerSource).catch((error: unknown) => {
    say(`no metrics of RabbitMQ: ${error instanceof Error ? error.message : error}`);
    return undefined;
  });
  const folder = join(projectFolder, ".local/prometheus");
  const { origin } = await startPrometheus(folder, { eco2, rabbitmq });
  say(`queries   ${origin}/graph`);
  say(`alerts    ${origin}/alerts`);
  say(
    `metrics   ${[...eco2, ...(rabbitmq ? [rabbitmq] : [])].map((at) => `http://${at}/metrics`).join("  ")}`,
  );
  say("dashboards, Alertmanager and Jaeger: docker compose --profile observe up");
}

/** Where the broker serves its metrics; undefined for one that is somebody else's. */
async function openBroker(source: Source): Promise<string | undefined> {
  const state = readState(projectFolder);
  if (source !== "private" || !state) return undefined;
  const port = choosePort([]);
  await serveBrokerMetrics(state, port);
  return `127.0.0.1:${port}`;
}
