import { BINDINGS, BROKER_PERMISSIONS, EXCHANGES, QUEUES } from "#lib/queue/topology.ts";
import { brokerScrape } from "../observe/rules.ts";
import { namespaces, storeUser, vhost } from "./names.ts";
import type { Overlay } from "./overlays.ts";
import { budget } from "./pod.ts";
import { make, type Resource } from "./resource.ts";
import { composeImage } from "./versions.ts";

const cluster = "rabbitmq";
const inCluster = { rabbitmqClusterReference: { name: cluster } } as const;
const inVhost = { ...inCluster, vhost } as const;
/** What it shares with the broker of compose. */
const shared = await Bun.file(new URL("../images/rabbitmq/rabbitmq.conf", import.meta.url)).text();

/**
 * - A queue declared while nodes are missing has too few members, and would keep them: membership is reconciled.
 * - By itself RabbitMQ puts the leader of every queue on the node that declared it.
 * - Neither is an argument of a queue: those can never change.
 */
const settings = (replicas: number) => `${shared.trim()}
queue_leader_locator = balanced
quorum_queue.continuous_membership_reconciliation.enabled = true
quorum_queue.continuous_membership_reconciliation.auto_remove = false
quorum_queue.continuous_membership_reconciliation.interval = 60000
quorum_queue.continuous_membership_reconciliation.target_group_size = ${replicas}
vm_memory_high_watermark.relative = 0.6
management_agent.disable_metrics_collector = false
ssl_options.versions.1 = tlsv1.3
ssl_options.versions.2 = tlsv1.2
`;

export function rabbitmqCluster({ stores: { rabbitmq } }: Overlay): Resource[] {
  const { replicas, storage, memory } = rabbitmq;
  return [
    make("RabbitmqCluster", meta(cluster), {
      spec: {
        replicas,
        image: composeImage("rabbitmq").replace("-alpine", "-management-alpine"),
        // Until its queues have another leader; the operator's default is a week.
        terminationGracePeriodSeconds: 600,
        persistence: { storage },
        resources: { requests: { cpu: "500m", memory }, limits: { memory } },
        rabbitmq: { additionalConfig: settings(replicas) },
        tls: { secretName: "rabbitmq-tls", disableNonTLSListeners: true },
      },
    }),
    budget(meta(cluster)),
    make("PodMonitor", meta(cluster), {
      spec: {
        selector: { matchLabels: { "app.kubernetes.io/name": cluster } },
        podMetricsEndpoints: [
          {
            port: "prometheus-tls",
            scheme: "https",
            path: brokerScrape.metrics_path,
            params: brokerScrape.params,
            interval: "30s",
            // Its certificate is for the names of the service, and Prometheus asks each pod.
            tlsConfig: { insecureSkipVerify: true },
          },
        ],
      },
    }),
  ];
}

const meta = (name: string) => ({ name: name.replaceAll("_", "-"), namespace: namespaces.stores });

/** `lib/queue/topology.ts` as resources. Not even a deleted resource deletes a queue with accepted scans. */
export function topology(): Resource[] {
  const annotations = { "argocd.argoproj.io/sync-options": "Prune=false" };
  const kept = (name: string) => ({ ...meta(name), annotations });
  const deletionPolicy = "retain";
  const destinationType = "queue";
  const importCredentialsSecret = { name: "rabbitmq-user" };
  return [
    make("Vhost", kept(vhost), {
      spec: { ...inCluster, name: vhost, defaultQueueType: "quorum", deletionPolicy },
    }),
    // Scalers and `doctor` read the management API.
    make("User", kept(storeUser), {
      spec: { ...inCluster, tags: ["management"], importCredentialsSecret },
    }),
    make("Permission", kept(storeUser), {
      spec: { ...inVhost, user: storeUser, permissions: BROKER_PERMISSIONS },
    }),
    ...EXCHANGES.map(({ name, type }) =>
      make("Exchange", kept(name), { spec: { ...inVhost, name, type, durable: true } }),
    ),
    ...QUEUES.map(({ name, arguments: { "x-queue-type": _, ...args } }) =>
      make("Queue", kept(name), {
        spec: { ...inVhost, deletionPolicy, name, type: "quorum", durable: true, arguments: args },
      }),
    ),
    ...BINDINGS.map(({ exchange: source, queue: destination, routingKey }) =>
      make("Binding", kept(`${source}.${destination}`), {
        spec: { ...inVhost, source, destination, destinationType, routingKey },
      }),
    ),
  ];
}
