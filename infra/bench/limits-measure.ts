import type postgres from "postgres";
import { openPostgres } from "#lib/testing/open-postgres.ts";
import { wipe } from "#lib/testing/wipe.ts";
import type { BenchContext } from "./bench.ts";
import { type Limit, startLimitedModel } from "./limits-model.ts";
import { openScanSource, type ScanSource } from "./overhead-load.ts";
import { startService } from "./servers.ts";

/** One limit under one load. Times in milliseconds. */
export interface LimitLevel {
  readonly limit: Limit;
  readonly workers: number;
  /** Scans at once. */
  readonly users: number;
  /** The users scan again as soon as they have their result; else they are a burst. */
  readonly isSteady: boolean;
  /** What the model takes for each of a scan's two calls. */
  readonly callMs: number;
  readonly warmUpMs: number;
  /** A burst ends sooner. */
  readonly windowMs: number;
}

export interface LimitsRun {
  /** Calls let through, of those that the model would have let through. */
  readonly share: number;
  /** Of all calls, the first ones included. */
  readonly refusedShare: number;
  readonly downloadsAScan: number;
  readonly ended: number;
  readonly failed: number;
}

const pollMs = 50;
/** The last calls of a burst wait for nothing but each other. */
const burstShare = 0.95;

export async function measureLimits(level: LimitLevel, { urls }: BenchContext): Promise<LimitsRun> {
  await wipe(urls);
  await using model = startLimitedModel(level.limit, level.callMs);
  const env = {
    ...urls,
    LOG_LEVEL: "error",
    OPENAI_BASE_URL: model.url,
    IMAGE_HOSTS: model.photoOrigin,
    // A fallback at the same server would count as a call of its own.
    SUPPORTED_GPT_MODELS: "gpt-5.2",
    // Every scan pays both calls.
    VISION_CACHE_TTL: "0",
  };
  await using scope = new AsyncDisposableStack();
  const workers = Array.from({ length: level.workers }, () =>
    scope.use(startService("worker", env)),
  );
  await using source = await openScanSource(urls, `${model.photoOrigin}/photo.jpg`);
  await using sql = openPostgres(urls);
  await Promise.all(workers.map((worker) => worker.ready()));
  const beganAt = performance.now();
  const ended = await applyLoad(level, source, sql);
  const { throughAt, counts } = model;
  const through = throughAt.length;
  return {
    ...ended,
    share: level.isSteady ? steadyShare(level, throughAt, beganAt) : shareOfBurst(level, throughAt),
    refusedShare: counts.refused / (through + counts.refused),
    downloadsAScan: counts.downloads / ended.queued,
  };
}

async function applyLoad(level: LimitLevel, source: ScanSource, sql: postgres.Sql) {
  const { users, isSteady, warmUpMs, windowMs } = level;
  const endsAt = performance.now() + warmUpMs + windowMs;
  let queued = users;
  await source.queue(users);
  while (true) {
    const [row] = await sql<{ ended: number; failed: number }[]>`
      select count(*)::int as ended, count(*) filter (where status <> 'completed')::int as failed
      from scan.scans`;
    const { ended, failed } = row ?? { ended: 0, failed: 0 };
    const isOver = performance.now() >= endsAt || (!isSteady && ended === users);
    if (isOver) return { queued, ended, failed };
    if (isSteady) {
      await source.queue(ended + users - queued);
      queued = ended + users;
    }
    await Bun.sleep(pollMs);
  }
}

/** Of what the model lets through of what users would send who wait for nothing but the model. */
function steadyShare(level: LimitLevel, throughAt: readonly number[], beganAt: number): number {
  const { limit, users, callMs, warmUpMs, windowMs } = level;
  const from = beganAt + warmUpMs;
  const through = throughAt.filter((at) => at >= from && at < from + windowMs).length;
  return (through * 1_000) / (limit.perS((users * 1_000) / callMs) * windowMs);
}

function shareOfBurst({ limit }: LimitLevel, throughAt: readonly number[]): number {
  const through = Math.floor(throughAt.length * burstShare);
  const ms = (throughAt[through - 1] ?? 0) - (throughAt[0] ?? 0);
  return through / (limit.stored + (limit.perS(Number.POSITIVE_INFINITY) * ms) / 1_000);
}
