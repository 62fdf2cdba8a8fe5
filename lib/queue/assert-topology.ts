import type { Channel } from "amqplib";
import { BINDINGS, EXCHANGES, QUEUES, type QueueSpec } from "./topology.ts";

/**
 * Declares every exchange, queue and binding. Idempotent; a broker that holds a queue with other
 * arguments closes the channel with 406, which is meant: two versions must not disagree silently.
 */
export async function assertTopology(
  channel: Channel,
  mode: TopologyMode = "declare",
): Promise<void> {
  await ENSURE[mode].exchanges(channel);
  await ENSURE[mode].queues(channel, QUEUES);
}

export async function assertExchanges(channel: Channel): Promise<void> {
  await Promise.all(
    EXCHANGES.map(({ name, type }) => channel.assertExchange(name, type, { durable: true })),
  );
}

/** Finds every exchange there. One that is not costs the channel (404). */
async function checkExchanges(channel: Channel): Promise<void> {
  await Promise.all(EXCHANGES.map(({ name }) => channel.checkExchange(name)));
}

/** Finds some queues there. Neither their arguments nor their bindings can be asked about. */
async function checkQueues(channel: Channel, queues: readonly QueueSpec[]): Promise<void> {
  await Promise.all(queues.map(({ name }) => channel.checkQueue(name)));
}

/**
 * How a process makes sure of what it uses. `check` is for a broker whose topology somebody else declares, as an
 * operator of Kubernetes does, and where this user may not.
 */
export const ENSURE = {
  declare: { exchanges: assertExchanges, queues: assertQueues },
  check: { exchanges: checkExchanges, queues: checkQueues },
} as const;
export type TopologyMode = keyof typeof ENSURE;

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
