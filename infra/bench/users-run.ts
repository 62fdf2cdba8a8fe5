import { join } from "node:path";
import { Redis } from "ioredis";
import * as v from "valibot";
import { scanKeys } from "#lib/scan-store/scan-keys.ts";
import { type AppProcess, startApp } from "../harness/app-process.ts";
import { localDefaults } from "../harness/stack.ts";
import { projectFolder } from "../services/ensure-services.ts";
import { choosePort } from "../services/port.ts";
import type { ServiceUrls } from "../services/service.ts";
import { type Child, startChild } from "./child.ts";
import { type ProcessGroup, startMeter, type Usage } from "./process-usage.ts";
import { benchFolder, wipe } from "./servers.ts";
import { type EndedScan, LoadReport } from "./tally.ts";
import type { Plan } from "./users-load.ts";

export interface UsersRunOptions {
  readonly urls: ServiceUrls;
  readonly services: readonly ProcessGroup[];
  readonly users: number;
  readonly pace: Pace;
  /** Of edge and worker, besides what every run sets. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Times of a run, in milliseconds. */
export interface Pace {
  /** What the model takes for each of its two calls: the floor of a scan. */
  readonly visionMs: number;
  readonly answerMs: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
}

export interface UsersRun extends LoadReport {
  /** Within the window. */
  readonly usage: readonly (Usage & { readonly name: string })[];
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
export async function runUsers(options: UsersRunOptions): Promise<UsersRun> {
  const { urls, services, users, pace } = options;
  await wipe(urls);
  const model = startChild("model-process.ts", { vision: pace.visionMs, answer: pace.answerMs });
  const apps: AppProcess[] = [];
  const children: Child[] = [model];
  try {
    const { url } = await model.message(readAs(Hello));
    const { origin, edge, worker } = startApps(options, url);
    apps.push(edge, worker);
    await Promise.all(apps.map((app) => app.ready()));
    const floorMs = pace.visionMs + pace.answerMs;
    const plan = {
      origin,
      photoFile,
      users,
      rampMs: floorMs,
      ...pace,
      tailMsMax,
      readsResultEvery,
    };
    const load = startChild("users-load.ts", plan satisfies Plan);
    children.push(load);
    const groups = [
      { name: "edge", pid: edge.pid },
      { name: "worker", pid: worker.pid },
      ...services,
      { name: "model stand-in", pid: model.pid },
      { name: "load generator", pid: load.pid },
    ];
    const usage = await meterWindow(load, groups);
    const { report } = await load.message(readAs(Done));
    const redisBytes = await bytesLeft(urls.REDIS_URL, report.sample);
    return { ...report, usage, redisBytes };
  } finally {
    await Promise.all(apps.map((app) => app.end("SIGTERM", stopMs)));
    await Promise.all(children.map((child) => child.end()));
  }
}

/** Nothing is in flight any more, unless something went wrong. */
const stopMs = 10_000;

function startApps({ urls, env = {} }: UsersRunOptions, modelUrl: string) {
  const port = choosePort([]);
  const healthPort = choosePort([port]);
  const origin = `http://127.0.0.1:${port}`;
  const shared = {
    ...localDefaults,
    ...urls,
    LOG_LEVEL: "error",
    PORT: String(port),
    HEALTH_PORT: String(healthPort),
    PUBLIC_URL: origin,
    IMAGE_DIR: join(benchFolder, "images"),
    OPENAI_BASE_URL: modelUrl,
    // Every scan pays both calls.
    VISION_CACHE_TTL: "0",
    ...env,
  };
  const start = (main: "edge" | "worker", readyPort: number) =>
    startApp({
      name: main,
      main,
      tree: projectFolder,
      env: shared,
      port: readyPort,
      logFile: join(benchFolder, `${main}.log`),
    });
  return { origin, edge: start("edge", port), worker: start("worker", healthPort) };
}

async function meterWindow(load: Child, groups: readonly ProcessGroup[]) {
  await load.message((message) => message === "window" || undefined);
  const meter = startMeter(groups);
  try {
    await load.message((message) => message === "over" || undefined);
    return meter.read();
  } finally {
    meter.stop();
  }
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

/** What children say. */
const Hello = v.object({ url: v.string() });
const Done = v.object({ report: LoadReport });

function readAs<const S extends v.GenericSchema>(schema: S) {
  return (message: unknown): v.InferOutput<S> | undefined => {
    const parsed = v.safeParse(schema, message);
    return parsed.success ? parsed.output : undefined;
  };
}
