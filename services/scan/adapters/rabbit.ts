import type { Publisher } from "#lib/queue/publisher.ts";
import { isUnconfirmed } from "#lib/queue/unavailable.ts";
import type { SubmitDeps } from "../submit-scan.ts";

export function createScanPublisher(
  publisher: Publisher,
): Pick<SubmitDeps, "canPublish" | "publish"> {
  return {
    canPublish: () => publisher.isReady(),
    publish: async (message, traceparent) => {
      try {
        await publisher.publish("scan.vision", message, { traceparent, attempt: 0, epoch: 0 });
        return "confirmed";
      } catch (error) {
        if (isUnconfirmed(error)) return "unknown";
        throw error;
      }
    },
  };
}
