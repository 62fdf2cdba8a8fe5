import { TASK_NAMES } from "#lib/contract/task.ts";
import { TASK_MESSAGES } from "#lib/scan/task-messages.ts";
import { queuesOf, workloadsOf } from "./containers.ts";
import { type Facts, type OverlayFacts, ofKind } from "./facts.ts";
import { differences, type ManifestCheck, row } from "./row.ts";

/** Exchanges, queues and bindings of the broker are the code's; every task has its workers and their scaler. */

const topologyPlace = { used: "lib/queue/topology.ts", add: "infra/k8s/rabbitmq.ts" };

export function queueRows(facts: Facts): ManifestCheck[] {
  return [...facts.overlays.flatMap((overlay) => overlayRows(overlay, facts)), taskRow(facts)];
}

function overlayRows(overlay: OverlayFacts, { code }: Facts): ManifestCheck[] {
  const { name, resources } = overlay;
  const { exchanges, queues, bindings } = code.topology;
  const text = (...parts: readonly unknown[]) => parts.map((one) => sorted(one)).join(" ");
  const declared = {
    exchanges: exchanges.map((one) => text(one.name, one.type)),
    queues: queues.map((one) => text(one.name, one.arguments)),
    bindings: bindings.map((one) => text(one.exchange, one.queue, one.routingKey)),
  };
  const rendered = {
    exchanges: ofKind(resources, "Exchange").map(({ spec }) => text(spec.name, spec.type)),
    queues: ofKind(resources, "Queue").map(({ spec }) =>
      text(spec.name, { "x-queue-type": spec.type, ...spec.arguments }),
    ),
    bindings: ofKind(resources, "Binding").map(({ spec }) =>
      text(spec.source, spec.destination, spec.routingKey),
    ),
  };
  const equal = (["exchanges", "queues", "bindings"] as const).map((kind) =>
    row(
      `${name} ${kind}`,
      topologyPlace,
      differences(rendered[kind], declared[kind]),
      `${declared[kind].length}, equal to those the code declares`,
    ),
  );
  return [...equal, keptRow(overlay), ...TASK_NAMES.map((task) => workerRow(overlay, task))];
}

/** With its keys in order: equal objects are equal texts. */
function sorted(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return JSON.stringify(Object.fromEntries(Object.entries(value).toSorted()));
}

function keptRow({ name, resources }: OverlayFacts): ManifestCheck {
  const kept = [...ofKind(resources, "Queue"), ...ofKind(resources, "Vhost")];
  const all = [...kept, ...ofKind(resources, "Exchange"), ...ofKind(resources, "Binding")];
  const prune = "argocd.argoproj.io/sync-options";
  return row(
    `${name} queues outlive their resources`,
    { used: "the topology operator, Argo CD", add: topologyPlace.add },
    [
      ...kept.flatMap(({ spec }) =>
        spec.deletionPolicy === "retain" ? [] : `${spec.name} is deleted with its resource`,
      ),
      ...all.flatMap(({ metadata }) =>
        metadata.annotations?.[prune] === "Prune=false" ? [] : `Argo CD may prune ${metadata.name}`,
      ),
    ],
    `${kept.length} are kept, ${all.length} never pruned`,
  );
}

/** The task is consumed by one deployment, which is scaled by its queue. */
function workerRow({ name, resources }: OverlayFacts, task: string): ManifestCheck {
  const consumers = workloadsOf(resources).filter(({ container }) =>
    queuesOf(container).includes(task),
  );
  const [consumer] = consumers;
  const scalers = ofKind(resources, "ScaledObject").filter(({ spec }) =>
    spec.triggers.some(({ metadata }) => metadata.queueName === task),
  );
  const scaled = scalers.map(({ spec }) => spec.scaleTargetRef.name);
  const triggers = scalers.flatMap(({ spec }) => spec.triggers);
  const auth = new Set(ofKind(resources, "TriggerAuthentication").map((one) => one.metadata?.name));
  return row(
    `${name} workers of ${task}`,
    { used: "services/worker/main-consumers.ts", add: "infra/k8s/processes.ts, scalers.ts" },
    [
      consumers.length !== 1 && `${consumers.length} deployments consume it`,
      ...differences(scaled, consumer ? [consumer.name] : []).map((one) => `scaler of ${one}`),
      triggers.some((one) => one.metadata.protocol !== "http") &&
        "AMQP does not tell what is worked on",
      triggers.some((one) => !auth.has(one.authenticationRef?.name)) && "the scaler may not ask",
    ],
    `${consumer?.name}, scaled by its queue`,
  );
}

function taskRow({ code }: Facts): ManifestCheck {
  return row(
    "tasks",
    { used: "lib/contract/task.ts", add: "services/worker/tasks, lib/scan/task-messages.ts" },
    [
      ...differences(code.taskFiles, TASK_NAMES).map((one) => `file ${one}`),
      ...differences(Object.keys(TASK_MESSAGES), TASK_NAMES).map((one) => `message of ${one}`),
    ],
    `${TASK_NAMES.length}, each with its file, its queue and its message`,
  );
}
