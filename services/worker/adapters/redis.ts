import type { Redis } from "ioredis";
import * as v from "valibot";
import { looksAlike } from "#lib/image/perceptual-hash.ts";
import { redisCall } from "#lib/redis/client.ts";
import { script } from "#lib/redis/script.ts";
import { scanKeys } from "#lib/scan-store/scan-keys.ts";
import type { EarnedPhoto, MatchDeps } from "../tasks/character.match.ts";

/** Covers the time from a grant to its row. Short, since a job that died would block the character. */
const reservationTtlS = 600;

/** KEYS claims · ARGV claims seen, photo, code, ttl s. Returns nil, or all claims when others have been made. */
const CLAIM = `
if redis.call('HLEN', KEYS[1]) ~= tonumber(ARGV[1]) then return redis.call('HGETALL', KEYS[1]) end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return nil
`;
const Claims = v.nullable(v.array(v.string()));

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
      const isUsed = (one: EarnedPhoto) => one.code !== code && looksAlike(one.photo, photo);
      let claims: EarnedPhoto[] = [];
      while (![...earned, ...claims].some(isUsed)) {
        // Whether two hashes are alike Redis cannot tell, only that there is no other one since.
        const others = await claim([key], [claims.length, photo, code, reservationTtlS]);
        const flat = v.parse(Claims, others);
        if (flat === null) return true;
        claims = pairs(flat).map(([hash, of]) => ({ code: of, photo: hash }));
      }
      return false;
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

/** The fields of a hash and their values, as a script returns them: one after the other. */
function pairs(flat: readonly string[]): [string, string][] {
  return flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] ?? ""]] : []));
}
