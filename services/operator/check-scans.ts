import { scanBytesMax } from "#lib/contract/scan-limits.ts";
import { TASK_NAMES } from "#lib/contract/task.ts";
import { seqOf } from "#lib/scan/epoch.ts";
import { jobIdOf } from "#lib/scan/task-messages.ts";
import { breach, type Finding, ok, some } from "./check.ts";
import type { Queues } from "./queues.ts";

/** A scan as Redis knows it. */
export interface SeenScan {
  readonly jobId: string;
  readonly seq: number;
  readonly isOver: boolean;
  /** Milliseconds since its newest event. */
  readonly silentMs: number;
}

export interface SeenScans {
  readonly scans: readonly SeenScan[];
  /** False when there are more than are looked at. */
  readonly isAll: boolean;
  /** Keys that hold another type than their name says: every write to them fails. */
  readonly wrongKeys: readonly string[];
}

/**
 * A model stage is tried three times at 90 s with waits of 6 s, and emits nothing between. While a worker
 * has a message it is in no queue, so before this an unfinished scan is presumed to be worked on.
 */
const silentMaxMs = 5 * 60_000;

export interface CheckScansEndDeps extends Pick<Queues, "search"> {
  /** Undefined when it has expired. */
  readSeq(jobId: string): Promise<number | undefined>;
}

/** Every 202 ends: a scan that is silent for long must at least have a message somewhere. */
export async function checkScansEnd(
  { search, readSeq }: CheckScansEndDeps,
  { scans, isAll }: SeenScans,
): Promise<Finding> {
  const silent = scans.filter(({ isOver, silentMs }) => !isOver && silentMs > silentMaxMs);
  const running = scans.filter(({ isOver }) => !isOver).length;
  const total = `${scans.length}${isAll ? "" : "+"} scans, ${running} running`;
  if (silent.length === 0) return ok(`${total}, none silent for 5 min`);
  const found = await search(TASK_NAMES.filter((task) => task.startsWith("scan.")));
  const queued = new Set(found.bodies.map(jobIdOf));
  const lost: string[] = [];
  for (const { jobId, seq } of silent.filter((scan) => !queued.has(scan.jobId))) {
    // Its message may have moved from queue to queue while they were searched.
    if ((await readSeq(jobId)) === seq) lost.push(jobId);
  }
  if (lost.length === 0) return ok(`${total}, ${silent.length} silent for 5 min wait in a queue`);
  const finding = `${lost.length} scans without an end or a message: ${some(lost)}`;
  return found.isAll
    ? breach(finding)
    : { state: "skipped", detail: `${finding}, but the queues are too long to search` };
}

const pageMax = 500;

export interface CheckResultsDeps {
  /** Those of the jobs whose result Redis has. */
  findCached(jobIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Those of the jobs whose result Postgres has. */
  findStored(jobIds: readonly string[]): Promise<ReadonlySet<string>>;
}

/** Whoever saw `done` can read the result: from Redis, or from Postgres. */
export async function checkResults(
  { findCached, findStored }: CheckResultsDeps,
  { scans }: SeenScans,
): Promise<Finding> {
  const over = scans.filter(({ isOver }) => isOver).map(({ jobId }) => jobId);
  const missing: string[] = [];
  for (let at = 0; at < over.length; at += pageMax) {
    const page = over.slice(at, at + pageMax);
    const cached = await findCached(page);
    const uncached = page.filter((jobId) => !cached.has(jobId));
    if (uncached.length === 0) continue;
    const stored = await findStored(uncached);
    missing.push(...uncached.filter((jobId) => !stored.has(jobId)));
  }
  return missing.length === 0
    ? ok(`${over.length} finished scans, every result readable`)
    : breach(`${missing.length} finished scans without a result: ${some(missing)}`);
}

/** Somebody has written to a key of ours: whatever a scan writes there fails as a bug. */
export function checkKeyTypes({ wrongKeys }: SeenScans): Finding {
  return wrongKeys.length === 0
    ? ok("every key of a scan has its type")
    : breach(`${wrongKeys.length} keys of another type: ${some(wrongKeys)}`);
}

const sampleMax = 50;

/** Of a scan that is completed in its first epoch: every redrive adds the events of one more. */
const completedSeq = seqOf(0, "done", "completed");

/**
 * What a completed scan leaves in Redis. A failed one also keeps what was paid for it, for a redrive, and that is
 * as long as a model may answer.
 */
export async function checkRedisBytes(
  bytesOf: (jobId: string) => Promise<number>,
  { scans }: SeenScans,
): Promise<Finding> {
  const completed = scans.filter(({ seq }) => seq === completedSeq);
  if (completed.length === 0) return ok("no completed scan to measure");
  const sizes = await Promise.all(completed.slice(0, sampleMax).map(({ jobId }) => bytesOf(jobId)));
  const most = Math.max(...sizes);
  const mean = Math.round(sizes.reduce((sum, one) => sum + one, 0) / sizes.length);
  const measured = `${mean} bytes a completed scan, at most ${most} (${sizes.length} measured)`;
  return most <= scanBytesMax ? ok(measured) : breach(`${measured}; ${scanBytesMax} allowed`);
}
