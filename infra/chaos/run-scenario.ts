import { connect } from "amqplib";
import { MIDDLES } from "#lib/contract/vocabulary.ts";
import { createSemaphore } from "#lib/process/semaphore.ts";
import { QUEUES } from "#lib/queue/topology.ts";
import { isTerminal } from "#lib/scan/epoch.ts";
import { readReplay } from "#lib/scan-store/read-scan.ts";
import { patternPhoto } from "#lib/testing/photos.ts";
import { createRandom } from "#lib/testing/random.ts";
import { startRedisServer } from "#lib/testing/redis-server.ts";
import { until } from "#lib/testing/until.ts";
import { createApiClient } from "../harness/api-client.ts";
import type { ServiceUrls } from "../services/service.ts";
import type { BaseLab, LabOptions } from "./base-lab.ts";
import { checkGrants } from "./check-grants.ts";
import { checkHistory } from "./check-history.ts";
import { type Breach, type Grant, type History, isCompletion, type Job } from "./history.ts";
import { Load } from "./load.ts";
import { readResult } from "./read-result.ts";
import type { Scenario } from "./scenario.ts";

export interface RunOptions<S> {
  readonly servers: S;
  readonly seed: number;
  /** Accepted scans at least. */
  readonly scansMin: number;
  readonly tree?: string | undefined;
  /** With an event router between the streams and edge. */
  readonly fanout?: boolean | undefined;
}

export interface Outcome {
  readonly scenario: string;
  readonly seed: number;
  readonly history: History;
  readonly breaches: readonly Breach[];
  readonly durationMs: number;
  readonly logFolder: string;
}

const warmUpMs = 1_000;
/** From the fault's end on. */
const loadMsMax = 60_000;
const settleMsDefault = 45_000;
const pollMs = 100;
const ratePerSDefault = 30;

type HasUrls = { readonly urls: ServiceUrls };
type AnyLab = BaseLab<HasUrls>;

/** Runs one scenario once: load, fault, recovery, then checks everything that was observed. */
export async function runScenario<S extends HasUrls, L extends BaseLab<S>>(
  scenario: Scenario<L>,
  open: (options: LabOptions<S>) => L | Promise<L>,
  options: RunOptions<S>,
): Promise<Outcome> {
  const { servers, seed, tree } = options;
  const startedAt = performance.now();
  const random = createRandom(`${seed}/${scenario.name}`);
  const run = nameRun(scenario, seed, startedAt);
  const pubsub = scenario.fanout || options.fanout ? await startRedisServer() : undefined;
  const lab = await open({ servers, random, seed, run, tree, pubsubUrl: pubsub?.url });
  if (pubsub) lab.onStop(pubsub.stop);
  try {
    await lab.start(scenario.workers ?? 1);
    const load = await openLoad(lab, scenario);
    const recoveryMs = await breakUnderLoad(lab, load, scenario, options.scansMin);
    await settle(lab, load, scenario.settleMsMax ?? settleMsDefault);
    const history = await collect(lab, load, recoveryMs);
    const breaches = checkHistory(history, {
      recoveryMsMax: 10_000,
      mayFailWith: [],
      deadLetters: new Map(),
      ...scenario.demands,
    });
    const durationMs = performance.now() - startedAt;
    const { logFolder } = lab;
    return { scenario: scenario.name, seed, history, breaches, durationMs, logFolder };
  } finally {
    await lab.stop();
  }
}

/**
 * Unique among the runs of a process. Without letters of chance: the name is in what users say of their photos, and
 * words that name a thing (`pc9wkp` does) decide against the model, which earns no character.
 */
export function nameRun({ name }: Pick<Scenario, "name">, seed: number, atMs: number): string {
  return `${name}-${seed}-${Math.trunc(atMs * 1_000) % 1_000_000}`;
}

async function openLoad(lab: AnyLab, { load }: Pick<Scenario, "load">): Promise<Load> {
  const api = createApiClient(lab.origin, { "x-user-id": `photographer-${lab.run}` });
  // One for each material, since one photo earns a user one character.
  const upload = async (_: unknown, seed: number) =>
    api.upload(await patternPhoto(seed), "image/jpeg");
  const imageUrls = await Promise.all(MIDDLES.map(upload));
  return new Load({
    origin: lab.origin,
    imageUrls,
    run: lab.run,
    ratePerS: ratePerSDefault,
    kinds: { reward: 7, plain: 2, refused: 1 },
    followShare: 0.4,
    random: lab.random.fork("load"),
    ...load,
  });
}

/** @returns time from the fault's end to the completion of a scan submitted after it. */
async function breakUnderLoad<L extends AnyLab>(
  lab: L,
  load: Load,
  scenario: Scenario<L>,
  scansMin: number,
): Promise<number | undefined> {
  load.start();
  try {
    await Bun.sleep(warmUpMs);
    await scenario.fault(lab, load);
    const overAt = Date.now();
    let recoveryMs: number | undefined;
    const isEnough = async () => {
      await lab.readEvents();
      if (recoveryMs === undefined) {
        recoveryMs = firstCompletion(lab, load, overAt);
        if (recoveryMs !== undefined) load.recovered();
      }
      return recoveryMs !== undefined && load.jobs.length >= scansMin;
    };
    await until(isEnough, { timeoutMs: loadMsMax, pollMs }).catch(() => undefined);
    return recoveryMs;
  } finally {
    await load.stop();
  }
}

function firstCompletion(lab: AnyLab, load: Load, overAt: number): number | undefined {
  const fresh = new Set(load.jobs.filter((job) => job.submittedAt >= overAt).map(({ id }) => id));
  const ends = lab.reader.events.filter((one) => isCompletion(one) && fresh.has(one.jobId));
  return ends.length > 0 ? Math.min(...ends.map(({ ts }) => ts)) - overAt : undefined;
}

/**
 * Waits until every scan has ended, every queue is empty and every grant is made, or the time is up. A queue counts
 * what waits in it, and not the message that a worker is just at: that may be a reward, decided after its scan's end.
 */
async function settle(lab: AnyLab, load: Load, settleMsMax: number): Promise<void> {
  const open = new Set(load.jobs.map(({ id }) => id));
  const isSettled = async () => {
    await lab.readEvents();
    for (const { jobId, seq } of lab.reader.events) if (isTerminal(seq)) open.delete(jobId);
    if (open.size > 0) return false;
    const { leftovers } = await readQueues(lab.servers);
    if (!leftovers.keys().every((queue) => /^(dlq|archive)\./.test(queue))) return false;
    const [openGrant] = checkGrants(await readOutcomes(lab, load));
    return openGrant === undefined;
  };
  await until(isSettled, { timeoutMs: settleMsMax, pollMs }).catch(() => undefined);
}

async function collect(lab: AnyLab, load: Load, recoveryMs: number | undefined): Promise<History> {
  // A client needs longer than the stream: it reconnects, and reads the result at the end.
  await Promise.race([Promise.all(load.follows), Bun.sleep(followGraceMs)]);
  const follows = await load.followed();
  await lab.readEvents();
  return {
    refused: load.refused,
    unanswered: load.unanswered,
    replays: await readAll(load.jobs, async ({ id }) =>
      (await readReplay(lab.redis, id)).map(({ seq }) => seq),
    ),
    calls: lab.model.calls,
    follows,
    ...(await readOutcomes(lab, load)),
    ...(await readQueues(lab.servers)),
    exits: lab.exits,
    acceptedAt: load.acceptedAt,
    failures: lab.failures,
    recoveryMs,
  };
}

const followGraceMs = 8_000;
const resultMs = 10_000;
const concurrency = 50;

/** What `read` finds of each job, some at once. */
async function readAll<T>(jobs: readonly Job[], read: (job: Job) => Promise<T>) {
  const inTurn = createSemaphore(concurrency);
  const reads = jobs.map(async (job) => [job.id, await inTurn(() => read(job))] as const);
  return new Map(await Promise.all(reads));
}

async function readOutcomes(lab: AnyLab, { jobs }: Load) {
  return {
    jobs,
    events: lab.reader.events,
    interruptions: lab.interruptions,
    results: await readAll(jobs, (job) => readResult(lab.origin, job, resultMs)),
    ...(await readGrants(lab)),
  };
}

async function readGrants(lab: AnyLab) {
  const ours = `%-${lab.run}`;
  return lab.query(async (sql) => ({
    ownerships: await sql<Grant[]>`select user_id as "userId", character_code as code,
      job_id as "jobId" from character.character_ownerships where user_id like ${ours}`,
    collections: await sql<Grant[]>`select user_id as "userId", character_code as code
      from users.user_characters where user_id like ${ours}`,
  }));
}

async function readQueues({ urls }: HasUrls) {
  const leftovers = new Map<string, number>();
  const missingQueues: string[] = [];
  const connection = await connect(urls.AMQP_URL);
  for (const { name } of QUEUES) {
    // Asking for a queue that is missing costs the channel.
    const channel = await connection.createChannel();
    channel.on("error", () => undefined);
    const queue = await channel.checkQueue(name).catch(() => undefined);
    if (!queue) missingQueues.push(name);
    else await channel.close();
    if (queue?.messageCount) leftovers.set(name, queue.messageCount);
  }
  await connection.close();
  return { leftovers, missingQueues };
}
