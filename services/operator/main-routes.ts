import type { ConfirmChannel } from "amqplib";
import type { Redis } from "ioredis";
import { systemClock } from "#lib/clock/clock.ts";
import type { Database } from "#lib/db/client.ts";
import { Fault } from "#lib/error/fault.ts";
import type { App } from "#lib/http/create-app.ts";
import { StreamLimits } from "#lib/http/stream-limits.ts";
import type { Logger } from "#lib/log/logger.ts";
import { repeat } from "#lib/process/repeat.ts";
import { createSemaphore } from "#lib/process/semaphore.ts";
import { withDeadline } from "#lib/process/with-deadline.ts";
import type { Broker } from "#lib/queue/broker.ts";
import type { OpenChannel } from "#lib/queue/open-channel.ts";
import { RETRY_QUEUES } from "#lib/queue/topology.ts";
import { readReplay } from "#lib/scan-store/read-scan.ts";
import { readFigures } from "./adapters/figures.ts";
import { createOpsRoutes, type Redriven } from "./adapters/http.ts";
import { findStoredTimes } from "./adapters/postgres.ts";
import { connectRabbit } from "./adapters/rabbit.ts";
import { createRedriveLimit } from "./adapters/redrive-limit.ts";
import type { OpsConfig } from "./config.ts";
import { countDeadLetters, showDeadLetters } from "./inspect-dead-letters.ts";
import { openSession, type Session } from "./main-session.ts";
import { readSystem } from "./read-system.ts";
import { readTimeline } from "./read-timeline.ts";
import { type RedriveReport, redriveDeadLetters } from "./settle-dead-letters.ts";
import { openSystemStream } from "./system-stream.ts";
import { SystemWatch } from "./watch-system.ts";

const sampleEveryMs = 2_000;
const countMsMax = 2_000;
/** Below what proxies wait for an answer. */
const sessionMsMax = 20_000;
/** Connections to the broker that work on dead letters takes, each for as long as it lasts. */
const sessionsMax = 4;
const sessionWaitMsMax = 5_000;
const sessionsPerMinute = 60;
const streamsMax = 100;
const streamsPerUser = 10;

interface Given {
  readonly database: Database;
  readonly redis: Redis;
  readonly broker: Broker;
  readonly revocations: { hasSession(sid: string | undefined, sub: string): boolean };
  readonly log: Logger;
}

/** What administrators see and do, over real connections, for its own process and for edge. */
export async function opsRoutes(
  config: Pick<OpsConfig, "AMQP_URL" | "ADMIN_USERS">,
  given: Given,
): Promise<{ readonly routes: App; readonly closeStreams: () => void }> {
  const { database, redis, broker, revocations } = given;
  const channel = await broker.openChannel(async (opened) => opened);
  const now = () => systemClock.now();
  const sources = {
    count: (queue: string) => countIn(channel, queue),
    figures: () => readFigures(redis),
    retryQueues: RETRY_QUEUES,
    now,
  };
  const read = () => readSystem(sources);
  const watch = new SystemWatch({ read, repeat: (run) => repeat(run, sampleEveryMs) });
  const limits = new StreamLimits({ perUser: streamsPerUser, overall: streamsMax });
  const streams = new Set<() => void>();
  const times = {
    replay: (jobId: string) => readReplay(redis, jobId),
    stored: (jobId: string) => findStoredTimes(database, jobId),
  };
  const routes = createOpsRoutes({
    admins: new Set(config.ADMIN_USERS),
    readSystem: read,
    readTimeline: (jobId) => readTimeline(times, jobId),
    admit: createRedriveLimit(redis, systemClock, sessionsPerMinute),
    ...deadLettersOf(config, given),
    follow: ({ userId, sessionId }) => {
      const release = limits.take(userId);
      const isRevoked = () => revocations.hasSession(sessionId, userId);
      const onEnd = () => {
        release();
        streams.delete(end);
      };
      const { body, end } = openSystemStream({ watch, isRevoked, now, onEnd });
      streams.add(end);
      return body;
    },
  });
  return {
    routes,
    closeStreams: () => {
      for (const end of streams) end();
    },
  };
}

async function countIn(channel: OpenChannel<ConfirmChannel>, queue: string) {
  const open = channel.current();
  if (!open) throw new Fault("UNAVAILABLE");
  const { messageCount, consumerCount } = await withDeadline(countMsMax, open.checkQueue(queue));
  return { messages: messageCount, consumers: consumerCount };
}

/** The verbs of `dlq`, each over a connection of its own, as a command has one: its end gives back what it held. */
function deadLettersOf({ AMQP_URL }: Pick<OpsConfig, "AMQP_URL">, { database, redis, log }: Given) {
  const withPermit = createSemaphore(sessionsMax, sessionWaitMsMax);
  const withSession = <T>(who: string, work: (session: Session) => Promise<T>): Promise<T> =>
    withPermit(async () => {
      const broker = await connectRabbit(AMQP_URL).catch(unavailable);
      try {
        const working = openSession({ broker, redis, database }, { who, log }).then(work);
        return await withDeadline(sessionMsMax, working);
      } catch (cause) {
        return cause instanceof Fault ? Promise.reject(cause) : unavailable(cause);
      } finally {
        await withDeadline(closeMsMax, broker.close()).catch(() => undefined);
      }
    });
  const reader = "nobody: only looks";
  return {
    countDeadLetters: () =>
      withSession(reader, (session) => countDeadLetters(session, systemClock.now())),
    showDeadLetters: ({ name }: { name: string }, limit: number) =>
      withSession(reader, (session) => showDeadLetters(session, name, limit)),
    redrive: (
      queue: Parameters<typeof redriveDeadLetters>[1],
      { who, limit, from, isDryRun }: RedriveOptions,
    ): Promise<Redriven> =>
      withSession(who, async (session) => {
        let report: RedriveReport | undefined;
        const confirm = (costs: RedriveReport): boolean => {
          report = costs;
          return !isDryRun;
        };
        const counts = await redriveDeadLetters(session, queue, { limit, from, confirm });
        if (!report) throw new Error("a redrive says what it costs");
        return { report, counts: isDryRun ? null : counts };
      }),
  };
}

type RedriveOptions = Parameters<Parameters<typeof createOpsRoutes>[0]["redrive"]>[1];
const closeMsMax = 2_000;

function unavailable(cause: unknown): never {
  throw new Fault("UNAVAILABLE", { cause });
}
