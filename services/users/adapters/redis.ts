import type { Redis } from "ioredis";
import { chatContentKeys, chatKeys } from "#lib/chat-store/chat-keys.ts";
import { redisCall } from "#lib/redis/client.ts";
import { contentKeys, scanKeys } from "#lib/scan-store/scan-keys.ts";
import type { DeleteAccountDeps } from "../delete-account.ts";

/**
 * Deletes a user's keys in Redis, as far as they can be named: keys carry a job id, or a user id and a
 * second part, and there is no index of them. The others expire; the README says which and when.
 */
export function createForgetter(
  redis: Redis,
  characterCodes: () => Promise<readonly string[]>,
): Pick<DeleteAccountDeps, "forgetJobs" | "forgetChatJobs" | "forgetReservations"> {
  const forget = async (keys: readonly string[]): Promise<void> => {
    if (keys.length > 0) await redisCall(() => redis.unlink(...keys));
  };
  return {
    forgetJobs: (jobIds) => forget(jobIds.flatMap(contentKeys)),
    forgetChatJobs: (jobIds) => forget(jobIds.flatMap(chatContentKeys)),
    forgetReservations: async (userId) => {
      const codes = await characterCodes();
      const reservations = codes.map((code) => scanKeys.reservation(userId, code));
      const inFlight = [scanKeys.inFlight(userId), chatKeys.inFlight(userId)];
      await forget([...reservations, scanKeys.photos(userId), ...inFlight]);
    },
  };
}
