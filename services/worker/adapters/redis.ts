import type { Redis } from "ioredis";
import { redisCall } from "#lib/redis/client.ts";
import { scanKeys } from "#lib/scan-store/scan-keys.ts";
import type { MatchDeps } from "../tasks/character.match.ts";

/** Covers the time from a grant to its row. Short, since a job that died would block the character. */
const reservationTtlS = 600;

export function createReservations(redis: Redis): Pick<MatchDeps["ownerships"], "reserve"> {
  return {
    reserve: async (userId, code, jobId) => {
      const key = scanKeys.reservation(userId, code);
      const holder = await redisCall(() =>
        redis.set(key, jobId, "EX", reservationTtlS, "NX", "GET"),
      );
      return holder ?? jobId;
    },
  };
}
