import type { ConsumeMessage } from "amqplib";
import type { DeliveryDeps } from "./handle-delivery.ts";
import { readHeaders } from "./read-headers.ts";

/** Half of what a queue allows: other workers may lose the message as well before it comes here again. */
const deliveriesMax = 10;
const rememberedMax = 10_000;

/**
 * The messages a process has lost with a channel while it was well. The broker counts each loss as a delivery, as
 * it counts the death of a worker, and dead-letters a message after 20: a broker that is restarted often enough
 * would use up the deliveries of messages that harm nobody. One that was lost here, and was delivered often, is
 * published anew, which clears its count. A message that kills workers is in nobody's memory, and is dead-lettered.
 */
export class LostDeliveries {
  readonly #deps: Pick<DeliveryDeps, "task" | "publisher">;
  readonly #lost = new Set<number | bigint>();

  constructor(deps: Pick<DeliveryDeps, "task" | "publisher">) {
    this.#deps = deps;
  }

  add(messages: readonly ConsumeMessage[]): void {
    for (const { content } of messages) this.#lost.add(Bun.hash(content));
    for (const oldest of this.#lost) {
      if (this.#lost.size <= rememberedMax) break;
      this.#lost.delete(oldest);
    }
  }

  /** Whether the message was lost here and was delivered often: then it is to be renewed. */
  has(message: ConsumeMessage): boolean {
    return wasDeliveredOften(message) && this.#lost.has(Bun.hash(message.content));
  }

  /**
   * Publishes a message anew that was delivered often, which clears its count; also one that is about to go back to
   * its queue, which counts a delivery as well.
   *
   * @returns whether it was: then this one is to be acked.
   */
  async renew(message: ConsumeMessage): Promise<boolean> {
    if (!wasDeliveredOften(message)) return false;
    const { content } = message;
    const { task, publisher } = this.#deps;
    // Where it cannot be, this delivery is worked on like any other.
    return publisher.retryLater(task, content, readHeaders(message), 0).then(
      () => true,
      () => false,
    );
  }
}

function wasDeliveredOften({ properties }: ConsumeMessage): boolean {
  const deliveries: unknown = properties.headers?.["x-delivery-count"];
  return typeof deliveries === "number" && deliveries >= deliveriesMax;
}
