import { runtimeLimits } from "#lib/config/runtime-limits.ts";
import { connectionsMax } from "#lib/db/pool.ts";
import { type Workload, workloadsOf } from "./containers.ts";
import { type Facts, named, type OverlayFacts, ofKind } from "./facts.ts";
import { type ManifestCheck, row } from "./row.ts";

/** What is there of connections, memory and replicas, and what the parts may take of it at most. */

/** PostgreSQL's own, the operator's, and a person's. */
const reservedConnections = 20;

export function budgetRows(facts: Facts): ManifestCheck[] {
  return [...facts.overlays.flatMap(overlayRows), ...composeRows(facts)];
}

function overlayRows(overlay: OverlayFacts): ManifestCheck[] {
  const deployments = workloadsOf(overlay.resources).filter(({ program }) => program?.port);
  return [
    connectionRow(overlay),
    redisRow(overlay),
    rabbitmqRow(overlay),
    ...deployments.map((one) => replicaRow(overlay, one)),
    ...deployments.map((one) => memoryRow(overlay, one)),
  ];
}

const bytesOf = (text = ""): number => {
  const units: Record<string, number> = {
    Ki: 1_024,
    Mi: 1_024 ** 2,
    Gi: 1_024 ** 3,
    mb: 1_024 ** 2,
    gb: 1_024 ** 3,
    m: 1_024 ** 2,
    g: 1_024 ** 3,
    MB: 1e6,
    GB: 1e9,
  };
  const [, number, unit = ""] = /^([\d.]+)(\w*)$/.exec(text) ?? [];
  return Number(number) * (units[unit] ?? 1);
};

/** While it is rolled, a deployment has one process more than its scaler's most. */
function connectionRow({ name, resources }: OverlayFacts): ManifestCheck {
  const users = workloadsOf(resources).filter(({ container }) =>
    container.env?.some((variable) => variable.name === "DATABASE_URL"),
  );
  const most = users.map(
    ({ name: target }) => (scalerOf(resources, target)?.spec.maxReplicaCount ?? 0) + 1,
  );
  const needed = most.reduce((sum, count) => sum + count * connectionsMax, reservedConnections);
  const parameters = named(resources, "Cluster", "postgres")?.spec.postgresql.parameters;
  const allowed = Number(parameters?.max_connections);
  return row(
    `${name} connections to PostgreSQL`,
    { used: "lib/db/pool.ts", add: "infra/k8s/overlays.ts" },
    [!(needed <= allowed) && `${needed} may be needed, and there are ${allowed}`],
    `${needed} of ${allowed}: ${connectionsMax} a process, ${reservedConnections} reserved`,
  );
}

function scalerOf(resources: OverlayFacts["resources"], target: string) {
  return ofKind(resources, "ScaledObject").find(({ spec }) => spec.scaleTargetRef.name === target);
}

/** While its file is rewritten, a page that changes exists twice. */
function redisRow({ name, resources }: OverlayFacts): ManifestCheck {
  const text = named(resources, "ConfigMap", "redis")?.data?.["redis.conf"] ?? "";
  const option = (key: string) => new RegExp(`^${key} (.*)$`, "m").exec(text)?.[1];
  const set = named(resources, "StatefulSet", "redis-node")?.spec;
  const [server] = set?.template.spec?.containers ?? [];
  const limit = bytesOf(String(server?.resources?.limits?.memory));
  const data = bytesOf(option("maxmemory"));
  const isAlone = (set?.replicas ?? 1) < 2;
  return row(
    `${name} memory of Redis`,
    { used: "lib/redis/check-memory.ts", add: "infra/k8s/redis.ts, compose.yaml" },
    [
      !(limit >= 2 * data) && "its limit is not twice its data",
      option("maxmemory-policy") !== "noeviction" && "it forgets what was accepted",
      option("appendonly") !== "yes" && "it writes nothing down",
      !isAlone &&
        option("min-replicas-to-write") !== "1" &&
        "a primary without replicas takes writes",
    ],
    `${option("maxmemory")} in ${server?.resources?.limits?.memory}`,
  );
}

function rabbitmqRow({ name, resources }: OverlayFacts): ManifestCheck {
  const {
    rabbitmq,
    persistence,
    resources: sizes,
    replicas,
  } = named(resources, "RabbitmqCluster", "rabbitmq")?.spec ?? {};
  const option = (key: string) =>
    new RegExp(`^${key.replaceAll(".", "\\.")} = (.*)$`, "m").exec(
      rabbitmq?.additionalConfig ?? "",
    )?.[1];
  const watermark = Number(option("vm_memory_high_watermark.relative"));
  return row(
    `${name} limits of RabbitMQ`,
    { used: "lib/queue/broker-alarm.ts", add: "infra/k8s/rabbitmq.ts" },
    [
      !(watermark > 0 && watermark <= 0.7) && "it is killed before it blocks its publishers",
      !(bytesOf(option("disk_free_limit.absolute")) * 2 <= bytesOf(persistence?.storage)) &&
        "its disk is too small for its own limit",
      sizes?.requests.memory !== sizes?.limits.memory && "its memory is not its own",
      option("queue_leader_locator") !== "balanced" && "one node leads all queues",
      option("quorum_queue.continuous_membership_reconciliation.target_group_size") !==
        String(replicas) && "a queue may keep too few members",
    ],
    `${sizes?.limits.memory}, alarm at ${watermark}`,
  );
}

/** A node that is emptied takes one process away, and the rest must be able to serve. */
function replicaRow({ name, resources }: OverlayFacts, one: Workload): ManifestCheck {
  const scaler = scalerOf(resources, one.name)?.spec;
  const min = scaler?.minReplicaCount ?? 0;
  const max = scaler?.maxReplicaCount ?? 0;
  const budget = named(resources, "PodDisruptionBudget", one.name)?.spec;
  const taken = Number(budget?.maxUnavailable ?? Number.NaN);
  return row(
    `${name} replicas of ${one.name}`,
    { used: "the scaler and the node drain", add: "infra/k8s/overlays.ts, workloads.ts" },
    [
      !scaler && "nothing scales it",
      min < 1 && "it may be scaled to nothing, and its first message waits for a start",
      min > max && `${min} is more than ${max}`,
      name !== "local" && min < 2 && "one alone is not replaced without a gap",
      name !== "local" && !(min - taken >= 1) && "a drain may take all of them",
    ],
    `${min} to ${max}, of which a drain takes ${taken}`,
  );
}

function memoryRow({ name }: OverlayFacts, { name: process, container }: Workload): ManifestCheck {
  const limits = container.resources?.limits;
  const limit = bytesOf(String(limits?.memory));
  const heap = Number(runtimeLimits({}, limit).BUN_JSC_forceRAMSize);
  const requested = bytesOf(String(container.resources?.requests?.memory));
  return row(
    `${name} memory of ${process}`,
    { used: "lib/config/runtime-limits.ts", add: "infra/k8s/workloads.ts" },
    [
      !(heap < limit) && "it collects garbage later than it is killed",
      !(requested > 0 && requested <= limit) && "what it requests is not within its limit",
      limits?.cpu !== undefined && "it is throttled while its node is idle",
    ],
    `${limits?.memory}, garbage from ${Math.round(heap / 1_024 ** 2)} MB`,
  );
}

function composeRows({ compose }: Facts): ManifestCheck[] {
  const command = compose.redis.command ?? [];
  const option = (key: string) => command[command.indexOf(`--${key}`) + 1];
  const [, most = "100"] =
    /max_connections=(\d+)/.exec(compose.postgres.command?.join(" ") ?? "") ?? [];
  const needed = 3 * connectionsMax + reservedConnections;
  return [
    row(
      "compose memory of Redis",
      { used: "lib/redis/check-memory.ts", add: "compose.yaml" },
      [
        !(bytesOf(compose.redis.mem_limit) >= 2 * bytesOf(option("maxmemory"))) &&
          "its limit is not twice its data",
        option("maxmemory-policy") !== "noeviction" && "it forgets what was accepted",
      ],
      `${option("maxmemory")} in ${compose.redis.mem_limit}`,
    ),
    row(
      "compose connections to PostgreSQL",
      { used: "lib/db/pool.ts", add: "compose.yaml" },
      [needed > Number(most) && `${needed} may be needed, and there are ${most}`],
      `${needed} of ${most}`,
    ),
  ];
}
