import type { Redis } from "ioredis";
import { redisCall } from "#lib/redis/client.ts";
import { contentKeys, scanKeys } from "#lib/scan-store/scan-keys.ts";
import type { DeleteAccountDeps } from "../delete-account.ts";

/**
 * What Redis keeps of a user, as far as it can be found: keys carry a job or a user and a second part,
 * and there is no index of them. The rest expires by itself; the README says what and when.
 */
export function createForgetter(
  redis: Redis,
  characterCodes: () => Promise<readonly string[]>,
): Pick<DeleteAccountDeps, "forgetJobs" | "forgetReservations"> {
  const forget = async (keys: readonly string[]): Promise<void> => {
    if (keys.length > 0) await redisCall(() => redis.unlink(...keys));
  };
  return {
    forgetJobs: (jobIds) => forget(jobIds.flatMap(contentKeys)),
    forgetReservations: async (userId) => {
      const codes = await characterCodes();
      await forget(codes.map((code) => scanKeys.reservation(userId, code)));
    },
  };
}
