import { join } from "node:path";
import { Redis } from "ioredis";
import { scanKeys } from "#lib/scan-store/scan-keys.ts";
import { wipe } from "#lib/testing/wipe.ts";
import { startChild } from "../harness/child.ts";
import type { BenchContext } from "./bench.ts";
import type { ModelDelays } from "./fake-model-server.ts";
import { metered } from "./meter.ts";
import { benchFolder, startService } from "./servers.ts";
import { confinePrograms, migrateConfined } from "./users-confined.ts";
import type { UsersCommand, UsersPlan, UsersReport } from "./users-load.ts";
import type { EndedScan } from "./users-tally.ts";

/** How many users there are, and the times of a run in milliseconds. */
export type Level = Omit<UsersPlan, "origin">;

export type UsersRun = Awaited<ReturnType<typeof measureUsers>>;

/**
 * One level once, on wiped data and fresh processes: what one run has left behind, in memory, in compiled
 * code or in tables, must not be the next one's.
 */
export async function measureUsers(level: Level, { urls, services, confined }: BenchContext) {
  await wipe(urls);
  using programs = confined ? confinePrograms() : undefined;
  if (programs) await migrateConfined(programs.operator, { urls });
  const { visionMs, answerMs } = level;
  await using model = startChild<ModelDelays, string>("infra/bench/fake-model-server.ts");
  const env = {
    ...urls,
    LOG_LEVEL: "error",
    IMAGE_DIR: join(benchFolder, "images"),
    OPENAI_BASE_URL: await model.ask({ vision: visionMs, answer: answerMs }),
    // Every scan pays both calls.
    VISION_CACHE_TTL: "0",
    // A small size has a fast model.
    SCANS_IN_FLIGHT_PER_USER: "0",
    SUBMITS_PER_MINUTE_PER_USER: "0",
  };
  await using edge = startService("edge", env, { command: programs?.edge.command });
  const ofWorker = { ...env, PUBLIC_URL: edge.origin };
  await using worker = startService("worker", ofWorker, { command: programs?.worker.command });
  await Promise.all([edge.ready(), worker.ready()]);
  await using load = startChild<UsersCommand, UsersReport>("infra/bench/users-load.ts");
  const groups = [
    ...[edge, worker, ...services],
    { name: "fake model server", pid: model.pid },
    { name: "load generator", pid: load.pid },
  ];
  await load.ask({ ...level, origin: edge.origin });
  const [, usage] = await metered(groups, () => load.ask("window"));
  const report = await load.ask("end");
  /** What one ended scan leaves in Redis. */
  const redisBytes = await bytesLeft(urls.REDIS_URL, report.sample);
  // What was used within the window, for the scans that ended within it.
  const peaksMb = programs?.peaksMb();
  return { ...report, usage, units: report.e2eMs.length, redisBytes, peaksMb };
}

/**
 * MEMORY USAGE of every key of some ended scans. Not the difference in used_memory: that has the capped
 * shard streams, the buffers of clients and whatever Redis keeps for itself in it.
 */
async function bytesLeft(url: string, sample: readonly EndedScan[]): Promise<number> {
  const redis = new Redis(url);
  try {
    const sizes = sample.flatMap((scan) =>
      keysOf(scan).map((key) => redis.memory("USAGE", key, "SAMPLES", 0)),
    );
    const bytes = (await Promise.all(sizes)).reduce<number>((sum, size) => sum + (size ?? 0), 0);
    return bytes / Math.max(1, sample.length);
  } finally {
    redis.disconnect();
  }
}

function keysOf({ jobId, userId, idempotencyKey }: EndedScan): string[] {
  return [
    scanKeys.replay(jobId),
    scanKeys.state(jobId),
    scanKeys.result(jobId),
    scanKeys.request(jobId),
    scanKeys.cancel(jobId),
    scanKeys.checkpoint(jobId, "vision"),
    scanKeys.checkpoint(jobId, "answer"),
    scanKeys.idempotency(userId, idempotencyKey),
  ];
}
