import { until } from "#lib/testing/until.ts";
import type { BenchContext } from "./bench.ts";
import { forEachAtOnce } from "./for-each-at-once.ts";
import { drainedShare, type Limit, openLimitedScans } from "./limits-model.ts";
import type { ScanSource } from "./overhead-load.ts";
import { percentile } from "./statistics.ts";

/** One flood. Times in milliseconds. */
export interface FairLevel {
  readonly limit: Limit;
  readonly floods: number;
  /** Scans that each of them has queued at once. */
  readonly scansEach: number;
  /** The flood is in the hands of a worker before another one starts. */
  readonly onAnotherWorker: boolean;
  /** Users who scan, look at the result, and scan again. */
  readonly lights: number;
  readonly pauseMs: number;
  /** What the model takes for each of a scan's two calls. */
  readonly callMs: number;
  readonly unloadedMs: number;
  /** From the flood on; no longer than it lasts. */
  readonly loadedMs: number;
}

export type FairRun = Awaited<ReturnType<typeof measureFair>>;

const pollMs = 50;
const queuedAtOnce = 250;

export async function measureFair(level: FairLevel, { urls }: BenchContext) {
  await using scope = new AsyncDisposableStack();
  const isOwnStore = true;
  const { model, source, sql, startWorker } = await openLimitedScans(urls, level, scope, {
    isOwnStore,
  });
  const endedIds = async () => {
    const rows = await sql<{ id: string }[]>`select job_id as id from scan.scans`;
    return new Set(rows.map(({ id }) => id));
  };
  await startWorker();
  const unloaded = await scanNowAndThen(level, source, endedIds, level.unloadedMs);
  const beganAt = performance.now();
  const flood = await queueFlood(level, source);
  const isOver = async (ended: ReadonlySet<string>) => flood.every((id) => ended.has(id));
  if (level.onAnotherWorker) {
    await until(() => model.throughAt.some((at) => at > beganAt), { timeoutMs: 30_000 });
    await startWorker();
  }
  const loaded = await scanNowAndThen(level, source, endedIds, level.loadedMs, isOver);
  const throughAt = model.throughAt.filter((at) => at >= beganAt);
  const [{ failed } = { failed: 0 }] = await sql<{ failed: number }[]>`
    select count(*)::int as failed from scan.scans where status <> 'completed'`;
  return {
    unloaded,
    loaded,
    ratio: percentile(loaded, 95) / percentile(unloaded, 95),
    /** Calls let through, of those that the model would have let through. */
    share: drainedShare(level.limit, throughAt),
    failed,
  };
}

async function queueFlood({ floods, scansEach }: FairLevel, source: ScanSource) {
  const users = Array.from({ length: floods * scansEach }, (_, i) => `flood-${i % floods}`);
  const ids: string[] = [];
  await forEachAtOnce(queuedAtOnce, users, async (user) => {
    ids.push(await source.queueOf(user));
  });
  return ids;
}

/** @returns what each scan took that was begun within the time, from its submit to its stored result. */
async function scanNowAndThen(
  { lights, pauseMs }: FairLevel,
  source: ScanSource,
  endedIds: () => Promise<ReadonlySet<string>>,
  ms: number,
  isOver: (ended: ReadonlySet<string>) => Promise<boolean> = async () => false,
): Promise<number[]> {
  const endsAt = performance.now() + ms;
  const took: number[] = [];
  const running = new Map<string, { user: string; since: number }>();
  const due = new Map(
    Array.from({ length: lights }, (_, i) => [
      `light-${i}`,
      performance.now() + (pauseMs * i) / lights,
    ]),
  );
  for (let isEnding = false; !isEnding || running.size > 0; await Bun.sleep(pollMs)) {
    const now = performance.now();
    const ended = await endedIds();
    isEnding ||= now >= endsAt || (await isOver(ended));
    for (const [id, { user, since }] of running) {
      if (!ended.has(id)) continue;
      running.delete(id);
      took.push(now - since);
      due.set(user, now + pauseMs);
    }
    if (isEnding) continue;
    for (const [user, at] of due) {
      if (at > now) continue;
      due.delete(user);
      running.set(await source.queueOf(user), { user, since: performance.now() });
    }
  }
  return took;
}
