import { readFileSync } from "node:fs";
import { namespaces, storePorts } from "./names.ts";
import { confined, labelsOf, restricted, selectorOf, sized } from "./pod.ts";
import { at, make, type Resource } from "./resource.ts";
import { composeImage } from "./versions.ts";

/**
 * The Redis that event routers publish to. One, without a disk: while it is away gateways read the logs of their jobs,
 * late by 15 s at most.
 */
export function pubsub(): Resource[] {
  const metadata = at(namespaces.stores, name);
  const tls = readFileSync(new URL("redis/tls.conf", import.meta.url), "utf8");
  const options = [`tls-port ${storePorts.redis}`, 'save ""', "appendonly no"];
  const port = { name: "redis", port: storePorts.redis };
  return [
    make("ConfigMap", metadata, { data: { "redis.conf": `${tls}${options.join("\n")}\n` } }),
    make("Service", metadata, { spec: { selector: selectorOf(name).matchLabels, ports: [port] } }),
    make("Deployment", metadata, {
      spec: {
        replicas: 1,
        selector: selectorOf(name),
        template: {
          metadata: { labels: labelsOf(name, "store") },
          spec: { automountServiceAccountToken: false, ...restricted(999, 1_000), ...containers() },
        },
      },
    }),
  ];
}

const name = "pubsub";

function containers() {
  const probe = { tcpSocket: { port: "redis" } };
  return {
    containers: [
      {
        name: "redis",
        image: composeImage("redis"),
        args: ["redis-server", "/config/redis.conf", "--requirepass", "$(REDIS_PASSWORD)"],
        envFrom: [{ secretRef: { name: "redis-password" } }],
        ports: [{ name: "redis", containerPort: storePorts.redis }],
        readinessProbe: probe,
        livenessProbe: { ...probe, failureThreshold: 6 },
        volumeMounts: [
          { name: "config", mountPath: "/config" },
          { name: "tls", mountPath: "/tls" },
        ],
        ...confined,
        ...sized("100m", "64Mi", "256Mi"),
      },
    ],
    volumes: [
      { name: "config", configMap: { name } },
      { name: "tls", secret: { secretName: "pubsub-tls" } },
    ],
  };
}
