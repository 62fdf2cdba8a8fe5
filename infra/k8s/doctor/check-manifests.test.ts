import { describe, expect, test } from "bun:test";
import { compareFacts } from "./check-manifests.ts";
import { readFacts } from "./facts.ts";

const facts = await readFacts();
const rows = compareFacts(facts);
const breaches = (found = rows) => found.filter(({ state }) => state === "breach");

test("compose and every overlay are as the code is, by at least 150 comparisons", () => {
  expect(breaches()).toEqual([]);
  expect(rows.length).toBeGreaterThanOrEqual(150);
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
});

/** Facts without their types: what is planted is wrong. */
type Loose = ReturnType<typeof JSON.parse>;

/** A copy of the facts to plant in, and how to find things of `prod` in it. */
function copyFacts() {
  const copy: Loose = structuredClone(facts);
  const prod: Loose = copy.overlays.find(({ name }: Loose) => name === "prod");
  const find = (kind: string, name: string): Loose => {
    const isIt = (one: Loose) => one.kind === kind && one.metadata.name === name;
    const found = prod.resources.find(isIt) ?? prod.applications.find(isIt);
    if (!found) throw new Error(`no ${kind} ${name}`);
    return found;
  };
  const pod = (name: string, kind = "Deployment"): Loose => find(kind, name).spec.template.spec;
  const container = (name: string, kind?: string): Loose => pod(name, kind).containers[0];
  const settings = () => find("ConfigMap", "settings").data;
  const http = () => find("VirtualService", "eco2").spec.http;
  const check = () =>
    find("Application", "istiod").spec.source.helm.valuesObject.meshConfig.extensionProviders[0]
      .envoyExtAuthzHttp;
  const remove = (list: Loose[], isIt: (one: Loose) => boolean) => {
    const at = list.findIndex(isIt);
    if (at < 0) throw new Error("nothing to remove");
    list.splice(at, 1);
  };
  return { copy, prod, find, pod, container, settings, http, check, remove };
}

type Planted = readonly [
  what: string,
  row: string,
  plant: (given: ReturnType<typeof copyFacts>) => unknown,
];

const environment: Planted[] = [
  [
    "a setting that is spelt wrong",
    "prod settings",
    ({ settings }) => {
      settings().REDIS_PREFX = "a:";
    },
  ],
  [
    "a variable no container passes on",
    "prod environment of scan",
    ({ container, remove }) =>
      remove(container("scan").env, ({ name }) => name === "SUBMITS_PER_MINUTE"),
  ],
  [
    "a variable no process reads",
    "prod environment of users",
    ({ container }) => container("users").env.push({ name: "REDIS_HOST", value: "redis" }),
  ],
  [
    "a secret that lacks a key",
    "prod environment of events",
    ({ find }) => {
      delete find("ExternalSecret", "internal").spec.target.template.data.INTERNAL_SECRET;
    },
  ],
  [
    "a property that is not fetched",
    "prod environment of gatekeeper",
    ({ find, remove }) => remove(find("ExternalSecret", "auth-public-keys").spec.data, () => true),
  ],
  [
    "a value its process refuses",
    "prod environment of images",
    ({ settings }) => {
      settings().IMAGE_TTL_DAYS = "3";
    },
  ],
  [
    "a development mode in production",
    "prod environment of auth",
    ({ settings }) => {
      settings().AUTH_MODE = "dev";
    },
  ],
  [
    "NODE_ENV forgotten",
    "prod environment of scan",
    ({ settings }) => {
      delete settings().NODE_ENV;
    },
  ],
  [
    "an address that lets no probe in",
    "prod environment of scan-worker",
    ({ settings }) => {
      delete settings().HOST;
    },
  ],
  [
    "a key read from another one's place",
    "prod environment of auth",
    ({ container }) => {
      container("auth").env.find(
        ({ name }: Loose) => name === "REDIS_URL",
      ).valueFrom.secretKeyRef.key = "AMQP_URL";
    },
  ],
  [
    "a program that does not exist",
    "prod environment of users",
    ({ container }) => {
      container("users").args = ["services/user/main.ts"];
    },
  ],
  [
    "the stores' authority not mounted",
    "prod environment of scan",
    ({ pod }) => {
      pod("scan").volumes = [];
    },
  ],
  [
    "a password that is not encoded in its URL",
    "prod DATABASE_URL",
    ({ find }) => {
      find("ExternalSecret", "store-urls").spec.target.template.data.DATABASE_URL =
        "postgres://eco2:{{ .postgres_password }}@postgres-rw.eco2-stores.svc:5432/eco2?sslmode=verify-full";
    },
  ],
  [
    "a URL without TLS",
    "prod AMQP_URL",
    ({ find }) => {
      const { data } = find("ExternalSecret", "store-urls").spec.target.template;
      data.AMQP_URL = data.AMQP_URL.replace("amqps", "amqp");
    },
  ],
  [
    "another vhost",
    "prod AMQP_URL",
    ({ find }) => {
      find("Vhost", "eco2").spec.name = "eco";
    },
  ],
  [
    "another user in one of the broker's secrets",
    "prod broker user",
    ({ find }) => {
      find("ExternalSecret", "rabbitmq-scaler").spec.target.template.data.username = "admin";
    },
  ],
  [
    "a user without a permission",
    "prod broker user",
    ({ prod, remove }) => remove(prod.resources, ({ kind }) => kind === "Permission"),
  ],
  [
    "processes that declare what they may not",
    "prod broker user",
    ({ settings }) => {
      delete settings().AMQP_TOPOLOGY;
    },
  ],
  [
    "keys beside a role",
    "prod environment of images",
    ({ container }) => {
      const keys = ["S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"];
      container("images").env = container("images").env.map((one: Loose) =>
        keys.includes(one.name) ? { name: one.name, value: "AKIA" } : one,
      );
    },
  ],
  [
    "an account that has another role than its pod takes",
    "prod role of images",
    ({ find }) => {
      find("ServiceAccount", "images").metadata.annotations = {};
    },
  ],
  [
    "a token for somebody else",
    "prod role of images",
    ({ pod }) => {
      delete pod("images").volumes.at(-1).projected.sources[0].serviceAccountToken.audience;
    },
  ],
  [
    "a token that lies elsewhere",
    "prod role of images",
    ({ settings }) => {
      settings().AWS_WEB_IDENTITY_TOKEN_FILE = "/var/run/token";
    },
  ],
  [
    "a variable that compose forgot",
    "compose environment of edge",
    ({ copy }) => {
      delete copy.compose.edge.environment.STREAMS_MAX;
    },
  ],
];

const queues: Planted[] = [
  [
    "a queue of another time limit",
    "prod queues",
    ({ find }) => {
      find("Queue", "scan.rule").spec.arguments["x-message-ttl"] = 1;
    },
  ],
  [
    "a queue that is missing",
    "prod queues",
    ({ prod, remove }) =>
      remove(
        prod.resources,
        ({ kind, metadata }) => kind === "Queue" && metadata.name === "retry.5s",
      ),
  ],
  [
    "a queue that the code got",
    "prod queues",
    ({ copy }) => copy.code.topology.queues.push({ name: "chat.process", arguments: {} }),
  ],
  [
    "an exchange of another type",
    "prod exchanges",
    ({ find }) => {
      find("Exchange", "dlx").spec.type = "topic";
    },
  ],
  [
    "a binding by another key",
    "prod bindings",
    ({ find }) => {
      find("Binding", "scan.direct.scan.vision").spec.routingKey = "vision";
    },
  ],
  [
    "a queue that goes with its resource",
    "prod queues outlive their resources",
    ({ find }) => {
      find("Queue", "scan.vision").spec.deletionPolicy = "delete";
    },
  ],
  [
    "a queue that Argo CD may prune",
    "prod queues outlive their resources",
    ({ find }) => {
      find("Queue", "scan.vision").metadata.annotations = {};
    },
  ],
  [
    "a task that nobody takes",
    "prod workers of scan.rule",
    ({ container }) => {
      container("scan-worker").args[1] = "scan.vision,scan.answer,scan.reward";
    },
  ],
  [
    "a task that two take",
    "prod workers of character.match",
    ({ container }) => {
      container("users-worker").args[1] += ",character.match";
    },
  ],
  [
    "a scaler of another queue",
    "prod workers of users.save_character",
    ({ find }) => {
      find("ScaledObject", "users-worker").spec.triggers[0].metadata.queueName = "users.save";
    },
  ],
  ["a task without its file", "tasks", ({ copy }) => copy.code.taskFiles.pop()],
];

const pods: Planted[] = [
  [
    "a port that the process does not open",
    "prod port of scan",
    ({ container }) => {
      container("scan").ports[0].containerPort = 8000;
    },
  ],
  [
    "a liveness probe that asks the stores",
    "prod port of events",
    ({ container }) => {
      container("events").livenessProbe.httpGet.path = "/readyz";
    },
  ],
  [
    "a Service that leads elsewhere",
    "prod port of users",
    ({ find }) => {
      find("Service", "users").spec.ports[0].targetPort = 9090;
    },
  ],
  [
    "metrics that nobody scrapes",
    "prod port of scan-worker",
    ({ find }) => {
      find("PodMonitor", "processes").spec.selector.matchExpressions[0].values = ["service"];
    },
  ],
  [
    "metrics on the port that clients call",
    "prod port of character",
    ({ find }) => {
      find("PodMonitor", "processes").spec.podMetricsEndpoints[0].port = "http";
    },
  ],
  [
    "metrics that the gateway may ask for",
    "prod port of images",
    ({ find }) => {
      find("NetworkPolicy", "images").spec.ingress[0].ports.push({ port: 9464 });
    },
  ],
  [
    "a Service of metrics",
    "prod port of scan",
    ({ find }) => {
      find("Service", "scan").spec.ports.push({ name: "metrics", port: 80, targetPort: "metrics" });
    },
  ],
  [
    "a policy that lets nobody in",
    "prod port of auth",
    ({ find }) => {
      find("NetworkPolicy", "auth").spec.ingress[0].ports[0].port = 80;
    },
  ],
  [
    "a boot that waits longer than it may",
    "prod port of scan",
    ({ settings }) => {
      settings().BOOT_WAIT_S = "120";
    },
  ],
  [
    "a grace below the process's own deadline",
    "prod grace of scan-worker",
    ({ pod }) => {
      pod("scan-worker").terminationGracePeriodSeconds = 60;
    },
  ],
  [
    "no time for proxies to hear of an end",
    "prod grace of images",
    ({ container }) => {
      delete container("images").lifecycle;
    },
  ],
  [
    "a grace of compose",
    "compose grace of worker",
    ({ copy }) => {
      copy.compose.worker.stop_grace_period = "90s";
    },
  ],
  [
    "a pod that may be root",
    "prod confinement of character",
    ({ pod }) => {
      pod("character").securityContext.runAsNonRoot = false;
    },
  ],
  [
    "an image that changes",
    "prod confinement of users",
    ({ container }) => {
      container("users").image = "registry.example/eco2/edge:latest";
    },
  ],
  [
    "a store that may not be called",
    "prod network of users",
    ({ find, remove }) =>
      remove(find("NetworkPolicy", "users").spec.egress, ({ ports }) => ports[0].port === 5432),
  ],
  [
    "a namespace that is open",
    "prod network of scan",
    ({ prod, remove }) =>
      remove(
        prod.resources,
        ({ metadata }) => metadata.name === "default-deny" && metadata.namespace === "eco2",
      ),
  ],
  [
    "a store of another version",
    "prod version of redis",
    ({ container }) => {
      container("redis-node", "StatefulSet").image = "redis:6.2.0-alpine";
    },
  ],
  [
    "a migration after the processes",
    "prod sync waves",
    ({ find }) => {
      find("Job", "migrate").metadata.annotations["argocd.argoproj.io/sync-wave"] = "5";
    },
  ],
  [
    "a migration after the sync",
    "prod sync waves",
    ({ find }) => {
      find("Job", "migrate").metadata.annotations["argocd.argoproj.io/hook"] = "PostSync";
    },
  ],
];

const doors: Planted[] = [
  [
    "a route that takes another's path",
    "prod routes to events",
    ({ http }) =>
      http().unshift({
        ...http().find(({ name }: Loose) => name === "scan"),
        match: [{ uri: { prefix: "/api/v1/scan/" } }],
      }),
  ],
  [
    "an operation without a route",
    "prod routes to users",
    ({ copy }) =>
      copy.code.operations.users.push({ method: "GET", path: "/api/v1/users/me/photos" }),
  ],
  [
    "a stream that is cut off",
    "prod routes to events",
    ({ http }) => {
      http().find(({ name }: Loose) => name === "events-streams").timeout = "15s";
    },
  ],
  [
    "a POST that is sent twice",
    "prod routes to scan",
    ({ http }) => {
      delete http().find(({ name }: Loose) => name === "scan").retries;
    },
  ],
  [
    "metrics for everybody",
    "prod gateway",
    ({ http }) => {
      http()
        .find(({ name }: Loose) => name === "scan")
        .match.push({ uri: { prefix: "/metrics" } });
    },
  ],
  [
    "idle connections that the server ends first",
    "prod gateway",
    ({ find }) => {
      find("DestinationRule", "scan").spec.trafficPolicy.connectionPool.http.idleTimeout = "3600s";
    },
  ],
  [
    "a header of the CSRF check left out",
    "prod headers of a check",
    ({ check, remove }) =>
      remove(check().includeRequestHeadersInCheck, (name) => name === "sec-fetch-site"),
  ],
  [
    "a header that the code got",
    "prod headers of a check",
    ({ copy }) => copy.code.authenticationHeaders.push("dpop"),
  ],
  [
    "a client's own identity let through",
    "prod headers of an answer",
    ({ check, remove }) => remove(check().headersToUpstreamOnAllow, (name) => name === "x-user-id"),
  ],
  [
    "a gatekeeper that fails open",
    "prod gatekeeper",
    ({ check }) => {
      check().failOpen = true;
    },
  ],
  [
    "a policy that names another provider",
    "prod gatekeeper",
    ({ find }) => {
      find("AuthorizationPolicy", "eco2-gatekeeper").spec.provider.name = "oauth2-proxy";
    },
  ],
];

const budgets: Planted[] = [
  [
    "more connections than there are",
    "prod connections to PostgreSQL",
    ({ find }) => {
      find("ScaledObject", "scan").spec.maxReplicaCount = 60;
    },
  ],
  [
    "a Redis without room to rewrite its file",
    "prod memory of Redis",
    ({ container }) => {
      container("redis-node", "StatefulSet").resources.limits.memory = "2Gi";
    },
  ],
  [
    "a Redis that forgets",
    "prod memory of Redis",
    ({ find }) => {
      const { data } = find("ConfigMap", "redis");
      data["redis.conf"] = data["redis.conf"].replace("noeviction", "allkeys-lru");
    },
  ],
  [
    "all leaders on one node",
    "prod limits of RabbitMQ",
    ({ find }) => {
      const { rabbitmq } = find("RabbitmqCluster", "rabbitmq").spec;
      rabbitmq.additionalConfig = rabbitmq.additionalConfig.replace(/queue_leader_locator.*/, "");
    },
  ],
  [
    "a process that a drain takes away",
    "prod replicas of gatekeeper",
    ({ find }) => {
      find("ScaledObject", "gatekeeper").spec.minReplicaCount = 1;
    },
  ],
  [
    "a worker that scales to nothing",
    "prod replicas of scan-worker",
    ({ find }) => {
      find("ScaledObject", "scan-worker").spec.minReplicaCount = 0;
    },
  ],
  [
    "a request above its limit",
    "prod memory of users",
    ({ container }) => {
      container("users").resources.requests.memory = "1Gi";
    },
  ],
];

const code: Planted[] = [
  [
    "a field that the writer lacks",
    "fields of an event in its stream",
    ({ copy }) => copy.code.events.stream.pop(),
  ],
  [
    "a field that a reader got",
    "fields of a scan's state",
    ({ copy }) => copy.code.events.read.push("model"),
  ],
  [
    "a key that is spelt elsewhere",
    "keys in Redis",
    ({ copy }) => copy.code.keys.spelt.push({ file: "services/scan/x.ts", text: "scan:result:" }),
  ],
  [
    "a stage that needs what none before gives",
    "message from answer to reward",
    ({ copy }) => copy.code.messages["scan.reward"].push("places"),
  ],
  [
    "a metric that nothing counts",
    "metrics",
    ({ copy }) =>
      copy.code.metrics.named.push({ file: "infra/k8s/base/scalers.yaml", text: "eco2_waiting" }),
  ],
];

describe.each(Object.entries({ environment, queues, pods, doors, budgets, code }))(
  "%s",
  (_, planted) => {
    test.each(planted)("finds %s", (_what, name, plant) => {
      const given = copyFacts();
      plant(given);
      const found = breaches(compareFacts(given.copy));
      expect(found.map((one) => one.name)).toContain(name);
      const one = found.find((each) => each.name === name);
      expect(one?.detail).toMatch(/\(used: .+; mend: .+\)$/);
    });
  },
);

test("the operator's program, which is deployed without the manifests, says where they can be compared", () => {
  const main = new URL("../../../services/operator/main.ts", import.meta.url).pathname;
  const { exitCode, stderr } = Bun.spawnSync([process.execPath, main, "doctor", "--manifests"]);
  expect(stderr.toString()).toBe(
    "doctor: --manifests needs a checkout of the project: bun run doctor --manifests\n",
  );
  expect(exitCode).toBe(2);
});
