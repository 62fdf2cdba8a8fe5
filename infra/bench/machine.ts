import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, totalmem } from "node:os";
import { projectFolder } from "../services/ensure-services.ts";
import { probe } from "../services/probe.ts";
import type { ServiceUrls } from "../services/service.ts";
import type { Machine } from "./result.ts";

/** What the figures were measured on: without it they mean nothing to anyone else. */
export async function readMachine(urls: ServiceUrls): Promise<Machine> {
  const [postgres, redis, rabbitmq] = await Promise.all([
    probe("postgres", urls.DATABASE_URL),
    probe("redis", urls.REDIS_URL),
    probe("rabbitmq", urls.AMQP_URL),
  ]);
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim().replaceAll(/\s+/g, " ") || "unknown processor",
    memoryGb: Math.round(memoryBytes() / 1e8) / 10,
    os: osName(readText("/etc/os-release")) || process.platform,
    kernel: release(),
    versions: { bun: Bun.version, postgres, redis, rabbitmq },
  };
}

/** Load averages of 1, 5 and 15 min: what else ran, on a machine that may be shared. */
export function readLoad(): number[] {
  return loadavg();
}

/** "2 cores · AMD EPYC · 8.3 GB · Debian GNU/Linux 12 (bookworm), kernel 6.1.0" */
export function machineText({ cores, cpu, memoryGb, os, kernel }: Machine): string {
  return `${cores} cores · ${cpu} · ${memoryGb} GB · ${os}, kernel ${kernel}`;
}

export function versionsText({ versions }: Machine): string {
  const { bun, postgres, redis, rabbitmq } = versions;
  return `Bun ${bun} · PostgreSQL ${postgres} · Redis ${redis} · RabbitMQ ${rabbitmq}`;
}

export function osName(osRelease: string): string {
  return /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(osRelease)?.[1] ?? "";
}

/** "4952b5a", "4952b5a+" with files that are not in it; null where git does not know. */
export function readCommit(): string | null {
  try {
    const hash = git("rev-parse", "--short", "HEAD");
    return git("status", "--porcelain") === "" ? hash : `${hash}+`;
  } catch {
    return null;
  }
}

function git(...args: string[]): string {
  const { exitCode, stdout } = Bun.spawnSync(["git", ...args], { cwd: projectFolder });
  if (exitCode !== 0) throw new Error(`git ${args[0]} failed`);
  return stdout.toString().trim();
}

/** In a container its limit, else what the machine has. */
function memoryBytes(): number {
  const limit = Number.parseInt(readText("/sys/fs/cgroup/memory.max"), 10);
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
