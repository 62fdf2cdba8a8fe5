import type { PublishDeps } from "#lib/contract/announce-and-publish.ts";
import type { TaskName } from "#lib/contract/task.ts";
import type { Publisher } from "./publisher.ts";
import { isUnconfirmed } from "./unavailable.ts";

/** Publishes what users submit to the first task of its way. */
export function createSubmitPublisher<Message>(
  publisher: Publisher,
  task: TaskName,
): Pick<PublishDeps<Message>, "publish"> & { canPublish(): boolean } {
  return {
    canPublish: () => publisher.isReady(),
    publish: async (message, traceparent) => {
      try {
        await publisher.publish(task, message, { traceparent, attempt: 0, epoch: 0 });
        return "confirmed";
      } catch (error) {
        if (isUnconfirmed(error)) return "unknown";
        throw error;
      }
    },
  };
}
