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

export type LimitsRun = Awaited<ReturnType<typeof measureLimits>>;

const pollMs = 50;
/** The last calls of a burst wait for nothing but each other. */
const burstPart = 0.95;

export async function measureLimits(level: LimitLevel, { urls }: BenchContext) {
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
  const { queued, ...ended } = await applyLoad(level, source, sql);
  const { throughAt, counts } = model;
  return {
    ...ended,
    /** Calls let through, of those that the model would have let through. */
    share: level.isSteady ? steadyShare(level, throughAt, beganAt) : burstShare(level, throughAt),
    /** Of all calls, the first ones included. */
    refusedShare: counts.refused / (throughAt.length + counts.refused),
    downloadsAScan: counts.downloads / queued,
  };
}

async function applyLoad(level: LimitLevel, source: ScanSource, sql: postgres.Sql) {
  const { users, isSteady, warmUpMs, windowMs } = level;
  const endsAt = performance.now() + warmUpMs + windowMs;
  for (let queued = 0; ; await Bun.sleep(pollMs)) {
    const [{ ended, failed } = { ended: 0, failed: 0 }] = await sql<Ended[]>`
      select count(*)::int as ended, count(*) filter (where status <> 'completed')::int as failed
      from scan.scans`;
    const isOver = performance.now() >= endsAt || (!isSteady && ended === users);
    if (isOver) return { queued, ended, failed };
    const wanted = isSteady ? ended + users : users;
    await source.queue(wanted - queued);
    queued = wanted;
  }
}

interface Ended {
  readonly ended: number;
  readonly failed: number;
}

/** Of what the model lets through of what users would send who wait for nothing but the model. */
function steadyShare(level: LimitLevel, throughAt: readonly number[], beganAt: number): number {
  const { limit, users, callMs, warmUpMs, windowMs } = level;
  const from = beganAt + warmUpMs;
  const through = throughAt.filter((at) => at >= from && at < from + windowMs).length;
  return (through * 1_000) / (limit.perS((users * 1_000) / callMs) * windowMs);
}

function burstShare({ limit }: LimitLevel, throughAt: readonly number[]): number {
  const through = Math.floor(throughAt.length * burstPart);
  const ms = (throughAt[through - 1] ?? 0) - (throughAt[0] ?? 0);
  return through / (limit.stored + (limit.perS(Number.POSITIVE_INFINITY) * ms) / 1_000);
}
