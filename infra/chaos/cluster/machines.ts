import { closeSync, existsSync, openSync, readdirSync } from "node:fs";
import { networkInterfaces } from "node:os";
import type { Subprocess } from "bun";
import { until } from "#lib/testing/until.ts";
import { killOnExit } from "../../harness/kill-on-exit.ts";

export type Machine = ReturnType<typeof createMachine>;

interface SpawnOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly logFile: string;
}

/** User and group of every store: PostgreSQL does not run as root, and the others need not. */
export const nobody = 65_534;
const namespaceFolder = "/run/netns";
const linkFolder = "/sys/class/net";
/** Of RFC 2544, for tests of networks: no machine has it. */
const range = "198.18";

/** Why this machine cannot run others inside; undefined when it can. */
export function whyNoNetwork(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    return "needs Linux and root: each machine is a network namespace";
  }
  const missing = ["ip", "nsenter"].filter((name) => Bun.which(name) === null);
  return missing.length > 0 ? `needs ${missing.join(", ")}, of iproute2 and util-linux` : undefined;
}

/**
 * Machines as network namespaces, each with a link to one bridge: what runs in them has an address of its own, and
 * a link that is taken down is the partition of a machine. What is left of a run of that id is removed first.
 *
 * @param id 6 characters, which the name of every namespace and link has: Linux allows 15
 */
export function createNetwork(id: string, names: readonly string[]) {
  const bridge = `e2-${id}`;
  const ours = (folder: string): string[] =>
    existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(bridge)) : [];
  let isRemoved = false;
  const isThere = () => !isRemoved;
  const remove = async (): Promise<void> => {
    // Or whoever starts anew what ends would do so for ever.
    isRemoved = true;
    await Promise.allSettled(ours(namespaceFolder).map(endProcesses));
    for (const name of ours(namespaceFolder)) ip("netns", "del", name);
    // The kernel takes a link away with its namespace, later: then there is nothing to delete.
    for (const name of ours(linkFolder)) Bun.spawnSync(["ip", "link", "del", name]);
  };
  const create = async () => {
    await remove();
    isRemoved = false;
    const subnet = freeSubnet();
    ip("link", "add", bridge, "type", "bridge");
    ip("addr", "add", `${subnet}.1/24`, "dev", bridge);
    ip("link", "set", bridge, "up");
    const machines = names.map((name, i) =>
      createMachine({ bridge, name, address: `${subnet}.${i + 10}`, isThere }),
    );
    return { host: `${subnet}.1`, machines };
  };
  return { create, remove };
}

function createMachine({
  bridge,
  name,
  address,
  isThere,
}: {
  readonly bridge: string;
  readonly name: string;
  readonly address: string;
  readonly isThere: () => boolean;
}) {
  const namespace = `${bridge}-${name}`;
  ip("netns", "add", namespace);
  ip("link", "add", namespace, "type", "veth", "peer", "name", "eth0", "netns", namespace);
  ip("link", "set", namespace, "master", bridge, "up");
  ip("-n", namespace, "addr", "add", `${address}/24`, "dev", "eth0");
  ip("-n", namespace, "link", "set", "lo", "up");
  ip("-n", namespace, "link", "set", "eth0", "up");
  const enter = (): string[] => {
    if (!isThere()) throw new Error(`${name} has been removed`);
    return ["nsenter", `--net=${namespaceFolder}/${namespace}`];
  };
  const asNobody = () => [...enter(), `--setuid=${nobody}`, `--setgid=${nobody}`];
  return {
    name,
    address,
    /** False once the network is removed: nothing can be started then. */
    isThere,
    /** What stands before a command that is to run in it. */
    enter,
    spawn: (argv: readonly string[], { env, cwd, logFile }: SpawnOptions): Subprocess => {
      const log = openSync(logFile, "a");
      const child = Bun.spawn([...asNobody(), ...argv], {
        cwd,
        env: environment(cwd, env),
        stdio: ["ignore", log, log],
      });
      closeSync(log);
      void killOnExit(child);
      return child;
    },
    /** Runs a command to its end. @returns its output; throws with its errors when it fails. */
    run: async (
      argv: readonly string[],
      { env, cwd }: Omit<SpawnOptions, "logFile">,
    ): Promise<string> => {
      const child = Bun.spawn([...asNobody(), ...argv], {
        cwd,
        env: environment(cwd, env),
        stdio: ["ignore", "pipe", "pipe"],
      });
      const [out, errors] = await Promise.all(
        [child.stdout, child.stderr].map((one) => new Response(one).text()),
      );
      if ((await child.exited) === 0) return out ?? "";
      throw new Error(`${argv[0]} failed on ${name}: ${errors?.trim() || out}`);
    },
    /** Takes its link down: it is on, and nobody reaches it, nor it anybody. */
    cut: () => ip("link", "set", namespace, "down"),
    heal: () => ip("link", "set", namespace, "up"),
    /** SIGKILL for all that runs in it, as when its power fails. */
    kill: () => endProcesses(namespace),
  };
}

function environment(home: string, env: Readonly<Record<string, string>> = {}) {
  return { PATH: process.env.PATH, HOME: home, LANG: "C.UTF-8", ...env };
}

async function endProcesses(namespace: string): Promise<void> {
  await until(
    () => {
      const pids = ip("netns", "pids", namespace).split("\n").filter(Boolean);
      for (const pid of pids) killIfThere(Number(pid));
      return pids.length === 0;
    },
    { pollMs: 20, timeoutMs: 60_000 },
  );
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended in between.
  }
}

function freeSubnet(): string {
  const used = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  for (let i = 0; i < 256; i++) {
    const subnet = `${range}.${i}`;
    if (!used.some(({ address }) => address.startsWith(`${subnet}.`))) return subnet;
  }
  throw new Error(`every network of ${range}.0.0/16 is in use`);
}

function ip(...args: string[]): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync(["ip", ...args]);
  if (exitCode !== 0) throw new Error(`ip ${args.join(" ")}: ${stderr.toString().trim()}`);
  return stdout.toString();
}
