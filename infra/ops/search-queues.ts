import type { ChannelModel } from "amqplib";
import { ConfirmedChannel } from "#lib/queue/confirmed-channel.ts";
import { takeDeadLetters } from "#lib/queue/dead-letters.ts";

/** Messages looked at in one queue: they are held in memory, and kept from their consumers meanwhile. */
const messagesMax = 1_000;

/**
 * Reads what lies in queues without consuming it. Only when there is something to look for: RabbitMQ
 * before 4.3 counts a look as a delivery, and of those a task's message has twenty before it is
 * dead-lettered, from where the redrive brings it back.
 */
export async function searchQueues(
  broker: ChannelModel,
  queues: readonly string[],
  max = messagesMax,
): Promise<{ bodies: unknown[]; isAll: boolean }> {
  const bodies: unknown[] = [];
  let isAll = true;
  for (const queue of queues) {
    // Of its own: what a closed channel held goes back to its queue, whatever happens here.
    const channel = await broker.createConfirmChannel();
    try {
      const messages = await takeDeadLetters(new ConfirmedChannel(channel), queue, max);
      bodies.push(...messages.map(({ body }) => body));
      if (messages.length === max && (await channel.checkQueue(queue)).messageCount > 0)
        isAll = false;
      // Dead letters are requeued one by one, which spares them the count; the rest all at once.
      if (/^(dlq|archive)\./.test(queue)) for (const one of messages) await one.requeue();
      else channel.nackAll(true);
    } finally {
      await channel.close();
    }
  }
  return { bodies, isAll };
}
