import { readFileSync } from "node:fs";
import { namespaces, storePorts } from "./names.ts";
import type { Overlay } from "./overlays.ts";
import {
  budget,
  type Container,
  confined,
  labelsOf,
  restricted,
  selectorOf,
  sized,
  spread,
} from "./pod.ts";
import { at, make, type Resource } from "./resource.ts";
import { composeImage, redisOptions } from "./versions.ts";

/**
 * One primary, its replicas, and a Sentinel beside each, which makes another one primary when it fails. HAProxy leads
 * the processes to whichever is primary, so that they know one name (`redis`). Not Redis Cluster: one script writes
 * keys of many slots.
 */

const namespace = namespaces.stores;
const nodesName = "redis-nodes";
const sentinelPort = 26_379;
const healthPort = 8_404;
const haproxyImage = "haproxy:3.0.5-alpine";
const domain = `${nodesName}.${namespace}.svc.cluster.local`;
const read = (name: string) => readFileSync(new URL(`redis/${name}`, import.meta.url), "utf8");
/** What its data may grow to while its file is rewritten is twice that: compose's `mem_limit`. */
const uid = 999;
const gid = 1_000;

export function redis({ stores }: Overlay): Resource[] {
  const { replicas } = stores.redis;
  const nodePorts = [
    { name: "redis", port: storePorts.redis },
    { name: "sentinel", port: sentinelPort },
  ];
  const service = (name: string, selected: string, more: object) =>
    make("Service", at(namespace, name), {
      spec: { selector: selectorOf(selected).matchLabels, ports: nodePorts, ...more },
    });
  return [
    config(replicas),
    // Nodes meet before any of them is ready.
    service(nodesName, "redis-node", { clusterIP: "None", publishNotReadyAddresses: true }),
    service("redis-sentinel", "redis-node", { ports: nodePorts.slice(1) }),
    service("redis", "redis", { ports: nodePorts.slice(0, 1) }),
    nodes(stores.redis),
    proxy(replicas),
    ...["redis-node", "redis"].map((name) => budget({ name, namespace })),
  ];
}

function config(replicas: number): Resource {
  const servers = Array.from(
    { length: replicas },
    (_, i) => `  server redis-node-${i} redis-node-${i}.${domain}:${storePorts.redis}\n`,
  );
  const tls = read("tls.conf");
  const options = [
    `tls-port ${storePorts.redis}`,
    ...redisOptions(),
    // A primary that lost its replicas takes nothing that would be lost with it.
    `min-replicas-to-write ${replicas > 1 ? 1 : 0}`,
    "min-replicas-max-lag 10",
  ];
  return make("ConfigMap", at(namespace, "redis"), {
    data: {
      "redis.conf": `${tls}${options.join("\n")}\n`,
      "sentinel.conf": `${tls}${read("sentinel.conf")}`,
      "start.sh": read("start.sh"),
      "sentinel.sh": read("sentinel.sh"),
      "haproxy.cfg": `${read("haproxy.cfg")}${servers.join("")}`,
    },
  });
}

const password = { secretRef: { name: "redis-password" } };
const mounts = [
  { name: "data", mountPath: "/data" },
  { name: "config", mountPath: "/config" },
  { name: "tls", mountPath: "/tls" },
];

function node(name: string, port: number, script: string, replicas: number): Container {
  return {
    name,
    image: composeImage("redis"),
    command: [`/config/${script}`],
    envFrom: [password],
    env: [
      { name: "POD", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      { name: "NODE", value: `$(POD).${domain}` },
      { name: "FIRST", value: `redis-node-0.${domain}` },
      { name: "SENTINEL", value: `redis-sentinel.${namespace}.svc` },
      { name: "QUORUM", value: String(Math.floor(replicas / 2) + 1) },
      { name: "DATA", value: "/data" },
    ],
    ports: [{ name, containerPort: port }],
    startupProbe: { tcpSocket: { port: name }, periodSeconds: 2, failureThreshold: 150 },
    livenessProbe: { tcpSocket: { port: name }, periodSeconds: 10, failureThreshold: 6 },
    volumeMounts: mounts,
    ...confined,
  };
}

function nodes({ replicas, storage, memory }: Overlay["stores"]["redis"]): Resource {
  const name = "redis-node";
  const server = node("redis", storePorts.redis, "start.sh", replicas);
  const sentinel = node("sentinel", sentinelPort, "sentinel.sh", replicas);
  const readinessProbe = { tcpSocket: { port: "redis" }, periodSeconds: 5 };
  return make("StatefulSet", at(namespace, name), {
    spec: {
      replicas,
      serviceName: nodesName,
      podManagementPolicy: "Parallel",
      selector: selectorOf(name),
      template: {
        metadata: { labels: labelsOf(name, "store") },
        spec: {
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 60,
          ...restricted(uid, gid),
          ...spread(name),
          containers: [
            { ...server, readinessProbe, ...sized("500m", memory, memory) },
            { ...sentinel, ...sized("50m", "32Mi", "64Mi") },
          ],
          volumes: [
            { name: "config", configMap: { name: "redis", defaultMode: 0o555 } },
            { name: "tls", secret: { secretName: "redis-tls" } },
          ],
        },
      },
      volumeClaimTemplates: [
        {
          apiVersion: "v1",
          kind: "PersistentVolumeClaim",
          metadata: { name: "data" },
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } },
        },
      ],
    },
  });
}

function proxy(replicas: number): Resource {
  const probe = { httpGet: { path: "/healthz", port: "health" } };
  const only = (key: string) => ({ items: [{ key, path: key }] });
  return make("Deployment", at(namespace, "redis"), {
    spec: {
      replicas: Math.min(2, replicas),
      selector: selectorOf("redis"),
      template: {
        metadata: { labels: labelsOf("redis", "store") },
        spec: {
          automountServiceAccountToken: false,
          ...restricted(99),
          ...spread("redis"),
          containers: [
            {
              name: "haproxy",
              image: haproxyImage,
              args: ["haproxy", "-f", "/config/haproxy.cfg"],
              envFrom: [password],
              ports: [
                { name: "redis", containerPort: storePorts.redis },
                { name: "health", containerPort: healthPort },
              ],
              readinessProbe: probe,
              livenessProbe: probe,
              volumeMounts: mounts.filter(({ name }) => name !== "data"),
              ...confined,
              ...sized("100m", "64Mi", "128Mi"),
            },
          ],
          volumes: [
            { name: "config", configMap: { name: "redis", ...only("haproxy.cfg") } },
            { name: "tls", secret: { secretName: "redis-tls", ...only("ca.crt") } },
          ],
        },
      },
    },
  });
}
