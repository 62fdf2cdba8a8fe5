import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { type Binaries, findFirst } from "./binary.ts";
import { runAs, spawnDaemon, writeAs } from "./daemon.ts";
import { isListening } from "./port.ts";
import type { PrivateService } from "./private-service.ts";
import { probe } from "./probe.ts";
import { findProcesses } from "./process-table.ts";
import type { State } from "./state.ts";
import { PARTS } from "./url.ts";

const VHOSTS = ["eco2", ...Object.values(PARTS).map(({ rabbitmq }) => rabbitmq)];
const epmdStartMs = 5000;

/**
 * RabbitMQ with the vhost `eco2` and that of each part, one user for all, and no guest.
 *
 * Node name, cookie, ports and even the name daemon (epmd) are its own: nothing is shared with a
 * broker or an Erlang node that is already on the machine.
 */
export const rabbitmqService: PrivateService = {
  name: "rabbitmq",
  ports: ["amqp", "dist", "epmd"],
  stopSignal: "SIGTERM",
  binaries: () => findFirst(["rabbitmq-server", "epmd"]),
  url: (state) => urlOf(state, "eco2"),
  marker: (state) => `-eco2 ${state.id}`,
  companions: (state) => [epmdMarker(state)],
  start,
  repair,
};

async function start(state: State, binaries: Binaries) {
  const folder = folderOf(state);
  await writeAs(state, join(folder, "rabbitmq.conf"), configuration(state));
  await writeAs(state, join(folder, "definitions.json"), JSON.stringify(definitions(state)));
  await writeAs(state, join(folder, "enabled_plugins"), "[].\n");
  await writeAs(state, join(folder, "advanced.config"), "[].\n");
  await writeAs(state, join(folder, "rabbitmq-env.conf"), "");
  const cookie = join(folder, ".erlang.cookie");
  await runAs(state, ["rm", "-f", cookie], { cwd: state.home });
  await writeAs(state, cookie, state.secrets.cookie);
  await runAs(state, ["chmod", "400", cookie], { cwd: state.home });
  await startEpmd(state, binaries);
  // The marker is an argument of the start script, which passes it on: so the process is known as
  // ours from its first moment, and not only once the script has become the server.
  return spawnDaemon(state, [binaries["rabbitmq-server"] ?? "", "-eco2", state.id], {
    name: "rabbitmq",
    env: environment(state),
  });
}

/**
 * Asks our broker, as an operator does. Takes a second or two: an Erlang node starts for it.
 *
 * @param args such as `set_vm_memory_high_watermark 0`
 */
export async function rabbitmqctl(state: State, args: readonly string[]): Promise<void> {
  const { rabbitmqctl: binary = "rabbitmqctl" } = findFirst(["rabbitmqctl"]);
  const { RABBITMQ_NODENAME: node = "", ERL_EPMD_PORT } = environment(state);
  const argv = [binary, "-q", "-n", node, "--erlang-cookie", state.secrets.cookie, ...args];
  await runAs(state, argv, { cwd: state.home, env: { ERL_EPMD_PORT } });
}

/**
 * Makes our broker serve Prometheus at this port of loopback until it is restarted: not by itself, since nobody but
 * `--observe` and a test would read it.
 */
export async function serveBrokerMetrics(state: State, port: number): Promise<void> {
  const file = join(folderOf(state), "enabled_plugins");
  await writeAs(state, file, "[rabbitmq_prometheus].\n");
  // Persistent, or loading the plugin would put its own port back.
  const listener = `[{port, ${port}}, {ip, "127.0.0.1"}]`;
  const script = [
    `application:set_env(rabbitmq_prometheus, tcp_config, ${listener}, [{persistent, true}])`,
    `rabbit_plugins:ensure(${JSON.stringify(file)})`,
    // One that has served another port before keeps it until it is started anew.
    "application:stop(rabbitmq_prometheus)",
    "application:start(rabbitmq_prometheus)",
  ];
  await rabbitmqctl(state, ["eval", `${script.join(", ")}.`]);
}

/** A broker that was started before there was a part has no vhost for it. */
async function repair(state: State, binaries: Binaries): Promise<void> {
  await startEpmd(state, binaries);
  for (const vhost of VHOSTS) {
    const isThere = await probe("rabbitmq", urlOf(state, vhost)).then(
      () => true,
      () => false,
    );
    if (isThere) continue;
    await rabbitmqctl(state, ["add_vhost", vhost]);
    await rabbitmqctl(state, ["set_permissions", "-p", vhost, "eco2", ".*", ".*", ".*"]);
  }
}

/**
 * Through a link in our folder: so its command line tells whose it is. A broker that runs finds an
 * epmd that was started again by itself.
 */
async function startEpmd(state: State, binaries: Binaries): Promise<void> {
  if (findProcesses([epmdMarker(state)]).length > 0) return;
  await runAs(state, ["ln", "-sfn", binaries.epmd ?? "", epmdLink(state)], { cwd: state.home });
  const argv = [epmdLink(state), "-port", String(state.ports.epmd), "-address", "127.0.0.1"];
  const child = spawnDaemon(state, argv, { name: "epmd", folder: "rabbitmq" });
  // The broker refuses to boot when none is listening.
  const deadline = performance.now() + epmdStartMs;
  while (!(await isListening(state.ports.epmd))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      throw new Error("epmd, the name daemon of Erlang, does not start");
    }
    await Bun.sleep(20);
  }
}

function environment(state: State): Record<string, string> {
  const folder = folderOf(state);
  return {
    RABBITMQ_NODENAME: `eco2-${state.id}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: "127.0.0.1",
    RABBITMQ_NODE_PORT: String(state.ports.amqp),
    RABBITMQ_DIST_PORT: String(state.ports.dist),
    RABBITMQ_CONF_ENV_FILE: join(folder, "rabbitmq-env.conf"),
    RABBITMQ_CONFIG_FILE: join(folder, "rabbitmq.conf"),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(folder, "advanced.config"),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, "enabled_plugins"),
    RABBITMQ_MNESIA_BASE: join(folder, "data"),
    RABBITMQ_LOG_BASE: join(folder, "log"),
    RABBITMQ_LOGS: "-",
    // The start script replaces itself by the server only with input allowed; otherwise a shell
    // stays between, and a signal would reach that shell.
    RABBITMQ_ALLOW_INPUT: "true",
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: [
      "-noinput",
      "+S 2:2",
      // Its schedulers would spin while they wait, on cores that the project's own processes need.
      "+sbwt none +sbwtdcpu none +sbwtdio none",
      "-kernel inet_dist_use_interface {127,0,0,1}",
    ].join(" "),
    ERL_EPMD_PORT: String(state.ports.epmd),
    ERL_EPMD_ADDRESS: "127.0.0.1",
    // The broker looks every minute whether there is an epmd, and would start one that outlives it.
    ERL_FLAGS: "-start_epmd false",
  };
}

function configuration(state: State): string {
  return [
    `load_definitions = ${join(folderOf(state), "definitions.json")}`,
    "disk_free_limit.absolute = 100MB",
    "",
  ].join("\n");
}

/**
 * An operator policy. A broker before 3.13.8 tells a publisher that was refused by a full queue of room in it only
 * while any limit holds: once the one that was met is cleared, whoever was refused is so for ever, the broker's own
 * return from retry queues included.
 */
export const standingLimit = "standing-limit";

/** Loaded at every boot: one round less than asking `rabbitmqctl`, which takes seconds to start. */
function definitions(state: State) {
  return {
    users: [
      {
        name: "eco2",
        password_hash: hashPassword(state.secrets.rabbitmq, randomBytes(4)),
        hashing_algorithm: "rabbit_password_hashing_sha256",
        tags: "",
      },
    ],
    vhosts: VHOSTS.map((name) => ({ name })),
    permissions: VHOSTS.map((vhost) => ({
      user: "eco2",
      vhost,
      configure: ".*",
      write: ".*",
      read: ".*",
    })),
    // Not in the parts: tests look at what holds without it.
    parameters: [
      {
        component: "operator_policy",
        vhost: "eco2",
        name: standingLimit,
        value: {
          pattern: ".*",
          "apply-to": "queues",
          definition: { "max-length": 10_000_000 },
          priority: 0,
        },
      },
    ],
  };
}

/** RabbitMQ's own format: base64 of salt and SHA-256 of salt and password. */
export function hashPassword(password: string, salt: Buffer): string {
  const digest = createHash("sha256").update(salt).update(password, "utf8").digest();
  return Buffer.concat([salt, digest]).toString("base64");
}

function urlOf(state: State, vhost: string): string {
  return `amqp://eco2:${state.secrets.rabbitmq}@127.0.0.1:${state.ports.amqp}/${vhost}`;
}

function folderOf(state: State): string {
  return join(state.home, "rabbitmq");
}

function epmdLink(state: State): string {
  return join(folderOf(state), "epmd");
}

function epmdMarker(state: State): string {
  return `${epmdLink(state)} -port`;
}
