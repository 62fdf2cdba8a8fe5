import { availableParallelism, cpus, release, totalmem } from "node:os";
import { projectFolder } from "../services/ensure-services.ts";
import { probe } from "../services/probe.ts";
import type { ServiceUrls } from "../services/service.ts";
import type { Machine } from "./result.ts";

/** What the figures were measured on: without it they mean nothing to anyone else. */
export async function readMachine(urls: ServiceUrls): Promise<Machine> {
  const [postgres, redis, rabbitmq, osRelease] = await Promise.all([
    probe("postgres", urls.DATABASE_URL),
    probe("redis", urls.REDIS_URL),
    probe("rabbitmq", urls.AMQP_URL),
    Bun.file("/etc/os-release")
      .text()
      .catch(() => ""),
  ]);
  // In a container its limit, else what the machine has.
  const memoryBytes = Math.min(process.constrainedMemory(), totalmem());
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim().replaceAll(/\s+/g, " ") || "unknown processor",
    memoryGb: Math.round(memoryBytes / 1e8) / 10,
    os: /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(osRelease)?.[1] ?? process.platform,
    kernel: release(),
    versions: { bun: Bun.version, postgres, redis, rabbitmq },
  };
}

/** "2 cores · AMD EPYC · 8.3 GB · Debian GNU/Linux 12, kernel 6.1.0 · Bun 1.4.5 · …" */
export function machineText({ cores, cpu, memoryGb, os, kernel, versions }: Machine): string {
  const { bun, postgres, redis, rabbitmq } = versions;
  const servers = `PostgreSQL ${postgres} · Redis ${redis} · RabbitMQ ${rabbitmq}`;
  return `${cores} cores · ${cpu} · ${memoryGb} GB · ${os}, kernel ${kernel} · Bun ${bun} · ${servers}`;
}

/** "4952b5a", "4952b5a+" with changes that are not in it; null where git does not know. */
export function readCommit(): string | null {
  const command = ["git", "describe", "--always", "--exclude=*", "--dirty=+"];
  const { success, stdout } = Bun.spawnSync(command, { cwd: projectFolder });
  return success ? stdout.toString().trim() : null;
}
