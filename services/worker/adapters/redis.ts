import type { Redis } from "ioredis";
import { looksAlike } from "#lib/image/perceptual-hash.ts";
import { redisCall } from "#lib/redis/client.ts";
import { script } from "#lib/redis/script.ts";
import { scanKeys } from "#lib/scan-store/scan-keys.ts";
import type { EarnedPhoto, MatchDeps } from "../tasks/character.match.ts";

/** Covers the time from a grant to its row. Short, since a job that died would block the character. */
const reservationTtlS = 600;

/** KEYS claims · ARGV claims seen, photo, code, ttl s. Returns 1, or 0 when there are others by now. */
const CLAIM = `
if redis.call('HLEN', KEYS[1]) ~= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1
`;

/** @param readEarned photos that have earned a character, in rows */
export function createReservations(
  redis: Redis,
  readEarned: (userId: string) => Promise<readonly EarnedPhoto[]>,
): Pick<MatchDeps["ownerships"], "reserve" | "claimPhoto"> {
  const claim = script(redis, "claimPhoto", CLAIM);
  return {
    claimPhoto: async (userId, code, photo) => {
      const key = scanKeys.photos(userId);
      // Rows first: a claim stays until long after its row is there.
      const earned = await readEarned(userId);
      for (;;) {
        const claims = Object.entries(await redisCall(() => redis.hgetall(key)));
        const all = [...earned, ...claims.map(([hash, of]) => ({ code: of, photo: hash }))];
        if (all.some((one) => one.code !== code && looksAlike(one.photo, photo))) return false;
        // Whether two hashes are alike Redis cannot tell, only that there is no other one since.
        if ((await claim([key], [claims.length, photo, code, reservationTtlS])) === 1) return true;
      }
    },
    reserve: async (userId, code, jobId) => {
      const key = scanKeys.reservation(userId, code);
      const holder = await redisCall(() =>
        redis.set(key, jobId, "EX", reservationTtlS, "NX", "GET"),
      );
      return holder ?? jobId;
    },
  };
}
