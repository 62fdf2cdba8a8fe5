import type { Redis } from "ioredis";
import * as v from "valibot";
import { looksAlike } from "#lib/image/perceptual-hash.ts";
import { script } from "#lib/redis/script.ts";
import { scanKeys } from "#lib/scan-store/scan-keys.ts";
import type { MatchDeps } from "../tasks/character.match.ts";

/** Covers the time from a grant to its row. Short, since a job that died would block the character. */
const reservationTtlS = 600;

/**
 * KEYS 1 reservation · 2 photos that are claimed · ARGV 1 job, 2 code, 3 photo or '', 4 claims seen, 5 ttl s
 * Returns the job that holds the reservation; all claims, and reserves nothing, when others have been made.
 */
const RESERVE = `
if ARGV[3] ~= '' then
  if redis.call('HLEN', KEYS[2]) ~= tonumber(ARGV[4]) then return redis.call('HGETALL', KEYS[2]) end
  redis.call('HSET', KEYS[2], ARGV[3], ARGV[2])
  redis.call('EXPIRE', KEYS[2], ARGV[5])
end
return redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[5], 'NX', 'GET') or ARGV[1]
`;
const Reserved = v.union([v.string(), v.array(v.string())]);

/** A photo, and the character it has earned. */
interface Claim {
  readonly code: string;
  readonly photo: string | null;
}

export function createReservations(redis: Redis): Pick<MatchDeps["ownerships"], "reserve"> {
  const reserve = script(redis, RESERVE);
  return {
    reserve: async ({ userId, code, jobId, photo = "" }, owned) => {
      const keys = [scanKeys.reservation(userId, code), scanKeys.photos(userId)];
      const isUsed = (one: Claim): boolean =>
        one.code !== code && one.photo !== null && looksAlike(one.photo, photo);
      let claims: Claim[] = [];
      while (photo === "" || ![...owned, ...claims].some(isUsed)) {
        // Whether two hashes are alike Redis cannot tell, only that there is no other one since. The rows were read
        // before, and a claim stays until long after its row is there: so one of both shows each photo.
        const args = [jobId, code, photo, claims.length, reservationTtlS];
        const reserved = v.parse(Reserved, await reserve(keys, args));
        if (typeof reserved === "string") return reserved;
        claims = pairs(reserved).map(([hash, of]) => ({ code: of, photo: hash }));
      }
      return undefined;
    },
  };
}

/** The fields of a hash and their values, as a script returns them: one after the other. */
function pairs(flat: readonly string[]): [string, string][] {
  return flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] ?? ""]] : []));
}
