import type { Channel } from "amqplib";
import { BINDINGS, EXCHANGES, QUEUES } from "./topology.ts";

/**
 * Declares every exchange, queue and binding. Idempotent; a broker that holds a queue with other
 * arguments closes the channel with 406, which is meant: two versions must not disagree silently.
 */
export async function assertTopology(channel: Channel): Promise<void> {
  await Promise.all(
    EXCHANGES.map(({ name, type }) => channel.assertExchange(name, type, { durable: true })),
  );
  await Promise.all(
    QUEUES.map((queue) =>
      channel.assertQueue(queue.name, { durable: true, arguments: queue.arguments }),
    ),
  );
  await Promise.all(
    BINDINGS.map(({ queue, exchange, routingKey }) =>
      channel.bindQueue(queue, exchange, routingKey),
    ),
  );
}
