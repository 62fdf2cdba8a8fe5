import { createLogger } from "#lib/log/logger.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { type StageUpdate, scanEvent } from "#lib/scan/scan-event.ts";
import { createEventLog } from "#lib/scan-store/emit-events.ts";
import type { ServiceUrls } from "../services/service.ts";
import { forEachAtOnce } from "./for-each-at-once.ts";

/** Emits in flight: enough to keep Redis busy, so few that an event's time is when it was emitted. */
const emitsMax = 64;

export type Emitter = Awaited<ReturnType<typeof openEmitter>>;

/** Emits the events of scans, as the scan service and the worker do. */
export async function openEmitter({ REDIS_URL }: ServiceUrls) {
  const redis = await connectRedis(REDIS_URL, createLogger("bench", "error"));
  const log = createEventLog(redis);
  return {
    /** To every job, as fast as Redis takes it. */
    emit: (jobs: readonly Job[], updates: readonly StageUpdate[]): Promise<void> =>
      forEachAtOnce(emitsMax, jobs, async ({ jobId, userId }) => {
        const job = { id: jobId, epoch: 0 };
        const events = updates.map((one) => scanEvent(job, one, Date.now()));
        await log.emit(userId, events);
      }),
    [Symbol.asyncDispose]: async () => void (await redis.quit()),
  };
}

/** A scan, and whose it is. */
export interface Job {
  readonly jobId: string;
  readonly userId: string;
}

export function newJob(userId = "bench"): Job {
  return { jobId: Bun.randomUUIDv7(), userId };
}

export const started: readonly StageUpdate[] = [
  { stage: "queued", status: "started" },
  { stage: "vision", status: "started" },
];

/** The longest of the events that every scan has. */
export const classified: StageUpdate = {
  stage: "vision",
  status: "completed",
  result: {
    classification: {
      major_category: "재활용폐기물",
      middle_category: "무색페트병",
      minor_category: "생수병",
    },
    model: "gpt-5.2",
  },
};
