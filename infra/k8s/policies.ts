import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import {
  managementPort,
  nameLabel,
  namespaces,
  partOf,
  STORES,
  type Store,
  storePorts,
} from "./names.ts";
import type { Overlay } from "./overlays.ts";
import { selectorOf } from "./pod.ts";
import {
  callsInternet,
  metricsPortOf,
  PROCESS_NAMES,
  portOf,
  programOf,
  SERVICE_NAMES,
  VERBS,
} from "./processes.ts";
import { at, make, type Resource } from "./resource.ts";
import { storesOf } from "./workloads.ts";

/** Namespaces, and who may talk to whom in them: nobody to nobody, except as said here. */

const { apps, stores } = namespaces;
type Spec = NonNullable<INetworkPolicy["spec"]>;
type Rules = NonNullable<Spec["egress"]>;
type Peer = NonNullable<Rules[number]["to"]>[number];

const tcp = (...ports: number[]) => ports.map((port) => ({ protocol: "TCP" as const, port }));
const inNamespace = (name: string): Peer => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});
const pod = (namespace: string, label: Record<string, string>): Peer => ({
  ...inNamespace(namespace),
  podSelector: { matchLabels: label },
});

/** How each store's pods are labelled: two of them by their operators. */
const storeLabels: Record<Store, Record<string, string>> = {
  postgres: { "cnpg.io/cluster": "postgres" },
  redis: { [nameLabel]: "redis" },
  rabbitmq: { [nameLabel]: "rabbitmq" },
};

export function namespacesOf({ aws }: Overlay): Resource[] {
  // The operators of the stores write their own pods.
  const levels = { [apps]: "restricted", [stores]: "baseline" };
  const made = Object.entries(levels).map(([name, enforce]) => {
    const security = {
      "pod-security.kubernetes.io/enforce": enforce,
      "pod-security.kubernetes.io/warn": "restricted",
    };
    return make("Namespace", { name, labels: { ...partOf, ...security } }, {});
  });
  return aws ? [...made, encryptedVolumes()] : made;
}

/** EKS has no class of volumes that is taken where none is named. */
function encryptedVolumes(): Resource {
  const annotations = { "storageclass.kubernetes.io/is-default-class": "true" };
  return make(
    "StorageClass",
    { name: "gp3", annotations },
    {
      provisioner: "ebs.csi.aws.com",
      parameters: { type: "gp3", encrypted: "true" },
      // In the zone of the pod.
      volumeBindingMode: "WaitForFirstConsumer",
      allowVolumeExpansion: true,
    },
  );
}

export function policies(): Resource[] {
  return [
    ...[apps, stores].flatMap((namespace) => [
      policy(namespace, "default-deny", {}, { ingress: [], egress: [] }),
      policy(namespace, "dns", {}, { egress: [dns] }),
    ]),
    ...PROCESS_NAMES.map((name) => processPolicy(name)),
    ...Object.entries(VERBS).map(([verb, program]) =>
      policy(apps, verb, selectorOf(verb), {
        egress: [...toStores(program), ...(verb === "doctor" ? [toManagement] : [])],
      }),
    ),
    ...storePolicies(),
  ];
}

function policy(
  namespace: string,
  name: string,
  podSelector: Spec["podSelector"] & object,
  rules: Pick<Spec, "ingress" | "egress">,
): Resource {
  const policyTypes = [
    ...(rules.ingress ? (["Ingress"] as const) : []),
    ...(rules.egress ? (["Egress"] as const) : []),
  ];
  return make("NetworkPolicy", at(namespace, name), {
    spec: { podSelector, policyTypes, ...rules },
  });
}

const dns: Rules[number] = {
  to: [inNamespace("kube-system")],
  ports: [
    { protocol: "UDP", port: 53 },
    { protocol: "TCP", port: 53 },
  ],
};

/** Of the internet the public part: a photo's address must not lead into this network either. */
const internet: Rules = [
  {
    to: [
      {
        ipBlock: {
          cidr: "0.0.0.0/0",
          except: [
            "10.0.0.0/8",
            "100.64.0.0/10",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.168.0.0/16",
          ],
        },
      },
    ],
    ports: tcp(443),
  },
  // Where the API's own origin has a plain address, as on a machine of one's own, photos are read through the gateway.
  { to: [inNamespace(namespaces.gateway)], ports: tcp(80) },
];

const toManagement: Rules[number] = {
  to: [pod(stores, storeLabels.rabbitmq)],
  ports: tcp(managementPort),
};

function toStores(program: Parameters<typeof storesOf>[0]): Rules {
  const wanted = storesOf(program);
  return STORES.filter((store) => wanted.includes(store)).map((store) => ({
    to: [pod(stores, storeLabels[store])],
    ports: tcp(storePorts[store]),
  }));
}

const pubsubLabels = { [nameLabel]: "pubsub" };

function toPubsub({ config }: Parameters<typeof storesOf>[0]): Rules {
  if (!("PUBSUB_REDIS_URL" in config.entries)) return [];
  return [{ to: [pod(stores, pubsubLabels)], ports: tcp(storePorts.redis) }];
}

function processPolicy(name: (typeof PROCESS_NAMES)[number]): Resource {
  const program = programOf(name);
  const isCalled = SERVICE_NAMES.some((service) => service === name);
  const opened = (namespace: string, port: number) => ({
    from: [inNamespace(namespace)],
    ports: tcp(port),
  });
  return policy(apps, name, selectorOf(name), {
    ingress: [
      ...(isCalled ? [opened(namespaces.gateway, portOf(program))] : []),
      opened(namespaces.monitoring, metricsPortOf(program)),
    ],
    egress: [
      ...toStores(program),
      ...toPubsub(program),
      ...(callsInternet.has(name) ? internet : []),
    ],
  });
}

/** The API server has no label, and no address that is known here. */
const apiServer: Rules[number] = { ports: tcp(443, 6443) };

function storePolicies(): Resource[] {
  const from = (namespace: string, ...ports: number[]) => ({
    from: [inNamespace(namespace)],
    ports: tcp(...ports),
  });
  const within = (labels: Record<string, string>) => [pod(stores, labels)];
  const of = (store: Store) => storeLabels[store];
  const redisNodes = { [nameLabel]: "redis-node" };
  return [
    policy(
      stores,
      "postgres",
      { matchLabels: of("postgres") },
      {
        ingress: [
          from(apps, storePorts.postgres),
          { from: within(of("postgres")) },
          { from: [inNamespace(namespaces.postgresOperator)], ports: tcp(5432, 8000) },
          from(namespaces.monitoring, 9187),
        ],
        egress: [{ to: within(of("postgres")) }, apiServer],
      },
    ),
    policy(
      stores,
      "rabbitmq",
      { matchLabels: of("rabbitmq") },
      {
        ingress: [
          from(apps, storePorts.rabbitmq, managementPort),
          from(namespaces.keda, managementPort),
          from(namespaces.rabbitmqOperator, managementPort),
          from(namespaces.monitoring, 15691),
          { from: within(of("rabbitmq")) },
        ],
        egress: [{ to: within(of("rabbitmq")) }, apiServer],
      },
    ),
    policy(
      stores,
      "redis",
      { matchLabels: of("redis") },
      {
        ingress: [from(apps, storePorts.redis), from(namespaces.keda, storePorts.redis)],
        egress: [{ to: within(redisNodes), ports: tcp(storePorts.redis) }],
      },
    ),
    policy(
      stores,
      "pubsub",
      { matchLabels: pubsubLabels },
      { ingress: [from(apps, storePorts.redis)], egress: [] },
    ),
    policy(
      stores,
      "redis-node",
      { matchLabels: redisNodes },
      {
        ingress: [{ from: [...within(redisNodes), ...within(of("redis"))] }],
        egress: [{ to: within(redisNodes) }],
      },
    ),
  ];
}
