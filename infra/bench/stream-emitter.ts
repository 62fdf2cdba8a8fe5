import { createLogger } from "#lib/log/logger.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { type StageUpdate, scanEvent } from "#lib/scan/scan-event.ts";
import { createEventLog } from "#lib/scan-store/emit-events.ts";
import type { Watch } from "./stream-messages.ts";

/** Emits in flight: enough to keep Redis busy, so few that an event's time is when it was emitted. */
const emitsMax = 64;

/** Says what happens to jobs, as scan and the worker would. */
export interface Emitter {
  /** To every job, as fast as Redis takes it. */
  emit(jobs: readonly Watch[], updates: readonly StageUpdate[]): Promise<void>;
  close(): Promise<void>;
}

export async function openEmitter(redisUrl: string): Promise<Emitter> {
  const redis = await connectRedis(redisUrl, createLogger("bench", "error"));
  const log = createEventLog(redis);
  return {
    emit: async (jobs, updates) => {
      const waiting = jobs.values();
      const lane = async () => {
        for (const { jobId, userId } of waiting) {
          const job = { id: jobId, epoch: 0 };
          await log.emit(
            userId,
            updates.map((one) => scanEvent(job, one, Date.now())),
          );
        }
      };
      await Promise.all(Array.from({ length: emitsMax }, lane));
    },
    close: async () => void (await redis.quit()),
  };
}

export const begun: readonly StageUpdate[] = [
  { stage: "queued", status: "started" },
  { stage: "vision", status: "started" },
];

/** The longest of the events that every scan has. */
export const seen: StageUpdate = {
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
