import { randomBytes } from "node:crypto";
import { until } from "#lib/testing/until.ts";
import { findFirst } from "../../services/binary.ts";
import { isListening } from "../../services/port.ts";
import { hashPassword } from "../../services/rabbitmq.ts";
import { ports } from "./front.ts";
import type { Machine } from "./machines.ts";
import type { ClusterPlan } from "./plan.ts";
import { Server, type StoreNode } from "./store-node.ts";

/** What an operator gives to each node: RabbitMQ's own default of 60 s is longer than any scenario. */
const netTicktimeS = 8;
/** Ten seconds where nobody else needs the cores. */
const bootMsMax = 180_000;

/** One cluster; every queue that is declared while all its nodes run has a member on each. */
export function rabbitmqNodes(machines: readonly Machine[], plan: ClusterPlan) {
  const { "rabbitmq-server": server = "" } = findFirst(["rabbitmq-server"]);
  const cookie = randomBytes(12).toString("hex");
  const definitions = JSON.stringify(definitionsOf(plan));
  const nodes = machines.map((machine): StoreNode & { server: Server } => {
    const rabbit = new Server(machine, "rabbitmq", plan.folder);
    rabbit.write("rabbitmq.conf", rabbitmqConfiguration(plan, rabbit.folder));
    rabbit.write("definitions.json", definitions);
    rabbit.write("enabled_plugins", "[].\n");
    rabbit.write("advanced.config", "[].\n");
    rabbit.write("rabbitmq-env.conf", "");
    return {
      machine,
      server: rabbit,
      start: () => rabbit.spawn([server], environment(machine.address, rabbit.folder, cookie)),
      kill: () => rabbit.end("SIGKILL"),
      stop: () => rabbit.end("SIGTERM"),
    };
  });
  return {
    nodes,
    /** Until each one has joined the others: before that it does not listen. */
    ready: async (): Promise<void> => {
      const listening = nodes.map(({ machine }) =>
        until(() => isListening(ports.rabbitmq, machine.address), {
          timeoutMs: bootMsMax,
          pollMs: 200,
        }),
      );
      await Promise.all(listening);
    },
    /** The node whose member leads that queue, by what the nodes have logged: `rabbitmqctl` takes seconds of a core. */
    leaderOf: (queue: string): StoreNode => {
      const elected = new RegExp(`queue '${queue}' .* -> leader in term: (\\d+)`, "g");
      const terms = nodes.map(({ server: { log } }) => lastTerm(log.matchAll(elected)));
      const latest = Math.max(...terms);
      const leader = nodes[terms.indexOf(latest)];
      if (!leader || latest === 0) throw new Error(`${queue} has no leader`);
      return leader;
    },
  };
}

function lastTerm(elections: Iterable<RegExpMatchArray>): number {
  return Math.max(0, ...Array.from(elections, ([, term]) => Number(term)));
}

export function rabbitmqConfiguration({ nodes }: ClusterPlan, folder: string): string {
  return [
    `listeners.tcp.default = ${ports.rabbitmq}`,
    "cluster_formation.peer_discovery_backend = classic_config",
    ...nodes.map(
      ({ address }, i) => `cluster_formation.classic_config.nodes.${i + 1} = ${nameOf(address)}`,
    ),
    "cluster_formation.randomized_startup_delay_range.min = 0",
    "cluster_formation.randomized_startup_delay_range.max = 1",
    // As the cluster operator of the manifests has it.
    "cluster_partition_handling = pause_minority",
    "queue_leader_locator = balanced",
    `net_ticktime = ${netTicktimeS}`,
    `load_definitions = ${folder}/definitions.json`,
    "disk_free_limit.absolute = 100MB",
    "",
  ].join("\n");
}

function nameOf(address: string): string {
  return `rabbit@${address}`;
}

function environment(address: string, folder: string, cookie: string): Record<string, string> {
  return {
    RABBITMQ_NODENAME: nameOf(address),
    RABBITMQ_USE_LONGNAME: "true",
    RABBITMQ_CONF_ENV_FILE: `${folder}/rabbitmq-env.conf`,
    RABBITMQ_CONFIG_FILE: `${folder}/rabbitmq.conf`,
    RABBITMQ_ADVANCED_CONFIG_FILE: `${folder}/advanced.config`,
    RABBITMQ_ENABLED_PLUGINS_FILE: `${folder}/enabled_plugins`,
    RABBITMQ_MNESIA_BASE: `${folder}/data`,
    RABBITMQ_LOG_BASE: `${folder}/log`,
    RABBITMQ_LOGS: "-",
    // Otherwise a shell stays between, and a signal would reach that shell.
    RABBITMQ_ALLOW_INPUT: "true",
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: `-noinput -setcookie ${cookie} +S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none`,
  };
}

function definitionsOf({ password }: ClusterPlan) {
  const [user, vhost] = ["eco2", "eco2"];
  const password_hash = hashPassword(password, randomBytes(4));
  const hashing_algorithm = "rabbit_password_hashing_sha256";
  return {
    users: [{ name: user, password_hash, hashing_algorithm, tags: "" }],
    vhosts: [{ name: vhost }],
    permissions: [{ user, vhost, configure: ".*", write: ".*", read: ".*" }],
  };
}
