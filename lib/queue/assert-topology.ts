import type { Channel } from "amqplib";
import { BINDINGS, EXCHANGES, QUEUES, type QueueSpec } from "./topology.ts";

/**
 * Declares every exchange, queue and binding. Idempotent; a broker that holds a queue with other
 * arguments closes the channel with 406, which is meant: two versions must not disagree silently.
 */
export async function assertTopology(channel: Channel): Promise<void> {
  await assertExchanges(channel);
  await assertQueues(channel, QUEUES);
}

export async function assertExchanges(channel: Channel): Promise<void> {
  await Promise.all(
    EXCHANGES.map(({ name, type }) => channel.assertExchange(name, type, { durable: true })),
  );
}

/** Declares some queues and what binds them. Their exchanges exist. */
export async function assertQueues(channel: Channel, queues: readonly QueueSpec[]): Promise<void> {
  await Promise.all(
    queues.map((queue) =>
      channel.assertQueue(queue.name, { durable: true, arguments: queue.arguments }),
    ),
  );
  const names = new Set(queues.map(({ name }) => name));
  await Promise.all(
    BINDINGS.filter(({ queue }) => names.has(queue)).map(({ queue, exchange, routingKey }) =>
      channel.bindQueue(queue, exchange, routingKey),
    ),
  );
}
