import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { until } from "#lib/testing/until.ts";
import { findProcesses } from "./process-table.ts";
import type { Log } from "./service.ts";

const POLICY = "/usr/sbin/policy-rc.d";
const POLICY_ASIDE = `${POLICY}.before-eco2`;
const CLUSTER_DEFAULTS = "/etc/postgresql-common/createcluster.d/eco2.conf";
const APT_COMMAND = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120", "-o", "Dpkg::Use-Pty=0"];
const orphanMs = 180_000;
const MARK = "# Written by eco2 while it installs packages.";

export function canInstall(): boolean {
  return process.getuid?.() === 0 && Bun.which("apt-get") !== null;
}

/**
 * Installs what is missing from the distribution's own packages, without letting it run.
 *
 * Debian's packages start a system-wide server when they are installed; meanwhile a policy forbids
 * that, and PostgreSQL's creation of a cluster, and both are taken away again afterwards.
 */
export async function installPackages(
  packages: readonly string[],
  log: Log,
  logFile: string,
): Promise<void> {
  const start = performance.now();
  log(`installing ${packages.join(" ")} with apt-get (update, then install)`);
  forbidStart();
  try {
    await aptGet(["update"], logFile);
    await aptGet(["install", "--yes", "--no-install-recommends", ...packages], logFile);
  } finally {
    restorePolicy();
  }
  await keepFromBooting(packages);
  const elapsed = (performance.now() - start) / 1000;
  log(`installed ${packages.join(" ")} in ${elapsed.toFixed(1)} s`);
}

/**
 * Waits for an installation whose bring-up was killed (apt-get then carries on alone), and undoes
 * what that bring-up could not. Call before looking for binaries: they appear before they work.
 */
export async function recoverInstallation(): Promise<void> {
  const isOver = () => findProcesses([APT_COMMAND.join(" ")]).length === 0;
  await until(isOver, { timeoutMs: orphanMs, pollMs: 200 }).catch(() => {
    throw new Error("an earlier apt-get does not end");
  });
  restorePolicy();
}

function restorePolicy(): void {
  if (existsSync(POLICY) && readFileSync(POLICY, "utf8").includes(MARK)) rmSync(POLICY);
  if (existsSync(POLICY_ASIDE)) renameSync(POLICY_ASIDE, POLICY);
  if (!existsSync(CLUSTER_DEFAULTS)) return;
  rmSync(CLUSTER_DEFAULTS);
  try {
    rmdirSync(dirname(CLUSTER_DEFAULTS));
  } catch {
    // Not empty: it was not made by us.
  }
}

function forbidStart(): void {
  if (existsSync(POLICY)) renameSync(POLICY, POLICY_ASIDE);
  writeFileSync(POLICY, `#!/bin/sh\n${MARK}\nexit 101\n`);
  chmodSync(POLICY, 0o755);
  mkdirSync(dirname(CLUSTER_DEFAULTS), { recursive: true });
  writeFileSync(CLUSTER_DEFAULTS, `${MARK}\ncreate_main_cluster = false\n`);
}

/** Into a file and not a pipe: should we be killed, a broken pipe must not interrupt dpkg. */
async function aptGet(args: readonly string[], logFile: string): Promise<void> {
  const log = openSync(logFile, "w", 0o600);
  const child = Bun.spawn([...APT_COMMAND, ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" },
    stdin: "ignore",
    stdout: log,
    stderr: log,
    detached: true,
  });
  const code = await child.exited;
  closeSync(log);
  if (code === 0) return;
  const said = readFileSync(logFile, "utf8").trim().split("\n").slice(-saidLines).join("\n");
  throw new Error(`apt-get ${args.join(" ")} failed:\n${said}`);
}

const saidLines = 12;

/** Where systemd runs, the packages have enabled their own servers for the next boot. */
async function keepFromBooting(units: readonly string[]): Promise<void> {
  if (!existsSync("/run/systemd/system")) return;
  await Bun.spawn(["systemctl", "disable", ...units], { stdout: "ignore", stderr: "ignore" })
    .exited;
}
