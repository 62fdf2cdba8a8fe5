import { ROUTED, routerGroup } from "#lib/fan-out/routed-streams.ts";
import { runningMaxOf } from "#lib/queue/topology.ts";
import { namespaces, storeHosts, storePorts, trust } from "./names.ts";
import type { Overlay } from "./overlays.ts";
import { SERVICE_NAMES, WORKER_NAMES, WORKERS, type WorkerName } from "./processes.ts";
import { at, make, type Resource } from "./resource.ts";

const namespace = namespaces.apps;
const authentication = "rabbitmq";
const routerAuthentication = "redis";

export function scalers({ replicas }: Overlay): Resource[] {
  const fromSecret = ["host", "username", "password", "tls"].map((key) => ({
    parameter: key,
    name: "rabbitmq-scaler",
    key,
  }));
  const ca = { parameter: "ca", name: trust.secret, key: trust.key };
  return [
    make("TriggerAuthentication", at(namespace, authentication), {
      spec: { secretTargetRef: [...fromSecret, ca] },
    }),
    ...WORKER_NAMES.map((name) => scaledObject(name, replicas(name), queueTriggers(name))),
    ...SERVICE_NAMES.map((name) =>
      scaledObject(
        name,
        replicas(name),
        name === "events" ? [cpuTrigger, streamsTrigger] : [cpuTrigger],
      ),
    ),
    make("TriggerAuthentication", at(namespace, routerAuthentication), {
      spec: {
        secretTargetRef: [{ parameter: "password", name: "redis-scaler", key: "password" }, ca],
      },
    }),
    scaledObject(
      "event-router",
      replicas("event-router"),
      ROUTED.map(({ stream }) => lagTrigger(stream)),
    ),
  ];
}

/** Open streams take memory, not CPU: another process for each 5,000, of the 20,000 it may hold. */
const streamsTrigger = {
  type: "prometheus",
  metadata: {
    serverAddress: `http://prometheus-operated.${namespaces.monitoring}.svc:9090`,
    query: `sum(eco2_sse_streams{namespace="${namespace}"})`,
    threshold: "5000",
  },
};

/** Another router when one has so many entries of a stream before it, which is a second's work. */
function lagTrigger(stream: string) {
  return {
    type: "redis-streams",
    metadata: {
      address: `${storeHosts.redis}:${storePorts.redis}`,
      stream,
      consumerGroup: routerGroup,
      lagCount: "2000",
      enableTLS: "true",
    },
    authenticationRef: { name: routerAuthentication },
  };
}

const cpuTrigger = { type: "cpu", metricType: "Utilization", metadata: { value: "70" } };

/**
 * Another worker when half of what one works on at once is waiting or worked on. Over HTTP: AMQP does not tell what is
 * worked on, and a queue whose messages are all in a worker's hands would look empty.
 */
function queueTriggers(name: WorkerName) {
  return WORKERS[name].queues.map((queue) => ({
    type: "rabbitmq",
    metadata: {
      protocol: "http",
      queueName: queue,
      mode: "QueueLength",
      value: String(runningMaxOf(queue) / 2),
      excludeUnacknowledged: "false",
    },
    authenticationRef: { name: authentication },
  }));
}

type Triggers = (
  | typeof cpuTrigger
  | typeof streamsTrigger
  | ReturnType<typeof lagTrigger>
  | ReturnType<typeof queueTriggers>[number]
)[];

function scaledObject(
  name: string,
  [minReplicaCount, maxReplicaCount]: readonly [number, number],
  triggers: Triggers,
): Resource {
  // While the broker cannot be asked, nobody is sent home; of CPU KEDA allows no fallback.
  const behavior = "currentReplicasIfHigher";
  const fallback = { failureThreshold: 3, replicas: minReplicaCount, behavior } as const;
  // A drain takes up to two minutes: what goes down too soon comes up late.
  const slowly = { scaleDown: { stabilizationWindowSeconds: 300 } };
  return make("ScaledObject", at(namespace, name), {
    spec: {
      scaleTargetRef: { name },
      pollingInterval: 10,
      minReplicaCount,
      maxReplicaCount,
      ...(name in WORKERS ? { fallback } : {}),
      advanced: { horizontalPodAutoscalerConfig: { behavior: slowly } },
      triggers,
    },
  });
}
