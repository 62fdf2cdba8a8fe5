import type { Redis } from "ioredis";
import * as v from "valibot";
import { redisCall } from "#lib/redis/client.ts";
import { script } from "#lib/redis/script.ts";
import { scanEvent } from "#lib/scan/scan-event.ts";
import { ScanMessage } from "#lib/scan/scan-message.ts";
import { createEventLog } from "#lib/scan-store/emit-events.ts";
import { endSettings } from "#lib/scan-store/end-settings.ts";
import type { ResultStore } from "#lib/scan-store/result-store.ts";
import { cancelChannel, cancelTtlS, scanKeys } from "#lib/scan-store/scan-keys.ts";
import type { CancelDeps } from "../cancel-scan.ts";

/**
 * One step, so that a worker that reads the key after the notice, or misses the notice and reads it
 * later, finds it; and so that none comes between a look at the state and the write.
 *
 * KEYS 1 cancel, 2 state · ARGV 1 job id, 2 ttl s, 3 channel
 */
const CANCEL = `
if redis.call('HGET', KEYS[2], 'stage') == 'done' then return 0 end
if redis.call('GET', KEYS[1]) == 'sealed' then return 0 end
redis.call('SET', KEYS[1], 'cancelled', 'EX', ARGV[2])
redis.call('PUBLISH', ARGV[3], ARGV[1])
return 1
`;

export function createCanceller(
  redis: Redis,
  results: Pick<ResultStore, "save">,
): Pick<CancelDeps, "requestCancel" | "submitted" | "end"> {
  const log = createEventLog(redis);
  const cancel = script(redis, "cancelScan", CANCEL);
  return {
    requestCancel: async (jobId) => {
      const keys = [scanKeys.cancel(jobId), scanKeys.state(jobId)];
      return (await cancel(keys, [jobId, cancelTtlS, cancelChannel])) === 1;
    },
    submitted: async (jobId) => {
      const text = await redisCall(() => redis.get(scanKeys.request(jobId)));
      return text === null ? undefined : v.parse(ScanMessage, JSON.parse(text));
    },
    end: async (run, { stage, result, at }) => {
      const { job_id: id, user_id: userId } = run.message;
      const standing = await results.save(run, result, at);
      const { status, error } = standing;
      // Whoever stored another end announces it.
      if (error?.code !== "CANCELLED") return;
      const job = { id, epoch: run.epoch };
      const updates = [
        { stage, status, result: error },
        { stage: "done", status, result: error },
      ] as const;
      const events = updates.map((update) => scanEvent(job, update, at));
      await log.emit(userId, events, endSettings(id, userId, standing));
    },
  };
}
