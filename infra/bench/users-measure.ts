import { join } from "node:path";
import { Redis } from "ioredis";
import * as v from "valibot";
import { scanKeys } from "#lib/scan-store/scan-keys.ts";
import type { AppProcess } from "../harness/app-process.ts";
import { type Child, startChild } from "../harness/child.ts";
import { projectFolder } from "../services/ensure-services.ts";
import type { ServiceUrls } from "../services/service.ts";
import type { BenchContext } from "./bench.ts";
import { metered, type Usage } from "./meter.ts";
import { benchFolder, startService, stopService, wipe } from "./servers.ts";
import type { UsersPlan } from "./users-load.ts";
import { type EndedScan, LoadReport } from "./users-tally.ts";

/** How many users there are, and the times of a run in milliseconds. */
export interface Level {
  readonly users: number;
  /** What the model takes for each of its two calls: the floor of a scan. */
  readonly visionMs: number;
  readonly answerMs: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
}

export interface UsersRun extends LoadReport {
  /** Within the window. */
  readonly usage: readonly Usage[];
  /** Scans that ended within the window. */
  readonly units: number;
  /** What one ended scan leaves in Redis. */
  readonly redisBytes: number;
}

/** Scans at the end of the window end within this time, or never. */
const tailMsMax = 150_000;
/** 600 × 400 pixels and 71 kB: what an app sends after downscaling. */
const photoFile = join(projectFolder, "infra/samples/coffee-cup.jpg");
const readsResultEvery = 10;

/**
 * One level once, on wiped data and fresh processes: what one run has left behind, in memory, in compiled
 * code or in tables, must not be the next one's.
 */
export async function measureUsers(
  level: Level,
  { urls, services }: BenchContext,
): Promise<UsersRun> {
  await wipe(urls);
  const { visionMs, answerMs } = level;
  const apps: AppProcess[] = [];
  const children: Child[] = [];
  const start = (file: string, argument: unknown): Child => {
    const child = startChild(`infra/bench/${file}`, { argument });
    children.push(child);
    return child;
  };
  try {
    const model = start("fake-model-server.ts", { vision: visionMs, answer: answerMs });
    const { url } = await model.receive(v.object({ url: v.string() }));
    const [edge, worker] = startApps(urls, url);
    apps.push(edge, worker);
    await Promise.all(apps.map((app) => app.ready()));
    const rampMs = visionMs + answerMs;
    const fixed = { origin: edge.origin, photoFile, rampMs, tailMsMax, readsResultEvery };
    const load = start("users-load.ts", { ...level, ...fixed } satisfies UsersPlan);
    const groups = [
      { name: "edge", pid: edge.pid },
      { name: "worker", pid: worker.pid },
      ...services,
      { name: "fake model server", pid: model.pid },
      { name: "load generator", pid: load.pid },
    ];
    await load.receive(v.literal("window"));
    const [, usage] = await metered(groups, () => load.receive(v.literal("over")));
    const report = await load.receive(LoadReport);
    const redisBytes = await bytesLeft(urls.REDIS_URL, report.sample);
    return { ...report, usage, units: report.finished, redisBytes };
  } finally {
    await Promise.all(apps.map(stopService));
    await Promise.all(children.map((child) => child.end()));
  }
}

/** One line of progress. */
export function usersText(run: UsersRun, { users, windowMs }: Level): string {
  const e2e = [run.e2eMs.p50, run.e2eMs.p95, run.e2eMs.p99].map((ms) => (ms / 1_000).toFixed(2));
  const errors = Object.entries(run.errors).map(([kind, count]) => `${kind} ${count}`);
  return [
    `${users} users`,
    `${run.completed} of ${run.accepted} complete`,
    `${Math.round((run.finished * 60_000) / windowMs)} jobs/min`,
    `E2E p50/p95/p99 ${e2e.join("/")} s`,
    `at most ${run.inFlightMax} in flight`,
    `${run.reconnects} streams resumed`,
    errors.length > 0 ? `errors: ${errors.join(", ")}` : "no errors",
  ].join(", ");
}

function startApps(urls: ServiceUrls, modelUrl: string): [edge: AppProcess, worker: AppProcess] {
  const shared = {
    ...urls,
    LOG_LEVEL: "error",
    IMAGE_DIR: join(benchFolder, "images"),
    OPENAI_BASE_URL: modelUrl,
    // Every scan pays both calls.
    VISION_CACHE_TTL: "0",
  };
  const edge = startService("edge", shared);
  return [edge, startService("worker", { ...shared, PUBLIC_URL: edge.origin })];
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
