import type { TaskName } from "#lib/contract/task.ts";
import { createLogger } from "#lib/log/logger.ts";
import { connectBroker } from "#lib/queue/broker.ts";
import { createPublisher } from "#lib/queue/publisher.ts";
import { newTraceparent } from "#lib/trace/trace-context.ts";
import type { ServiceUrls } from "../services/service.ts";

/** Publishes as the system's processes do: resolves when the broker holds the message safely. */
export async function openPublisher({ AMQP_URL }: ServiceUrls) {
  const broker = await connectBroker(AMQP_URL, createLogger("bench", "error"));
  const publisher = await createPublisher(broker);
  return {
    publish: (queue: TaskName, body: unknown): Promise<void> => {
      const headers = { traceparent: newTraceparent(), epoch: 0, attempt: 0 };
      return publisher.publish(queue, body, headers);
    },
    [Symbol.asyncDispose]: async (): Promise<void> => {
      await publisher.close();
      await broker.close();
    },
  };
}
