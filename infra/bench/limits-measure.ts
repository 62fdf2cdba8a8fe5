import type postgres from "postgres";
import type { BenchContext } from "./bench.ts";
import { drainedShare, type Limit, openLimitedScans } from "./limits-model.ts";
import type { ScanSource } from "./overhead-load.ts";

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

export async function measureLimits(level: LimitLevel, { urls }: BenchContext) {
  await using scope = new AsyncDisposableStack();
  const { model, source, sql, startWorker } = await openLimitedScans(urls, level, scope);
  await Promise.all(Array.from({ length: level.workers }, startWorker));
  const beganAt = performance.now();
  const { queued, ...ended } = await applyLoad(level, source, sql);
  const { throughAt, counts } = model;
  return {
    ...ended,
    /** Calls let through, of those that the model would have let through. */
    share: level.isSteady
      ? steadyShare(level, throughAt, beganAt)
      : drainedShare(level.limit, throughAt),
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
