import amqp, { type ChannelModel } from "amqplib";
import { TASK_NAMES } from "#lib/contract/task.ts";
import { withDeadline } from "#lib/process/with-deadline.ts";
import { BrokerAlarm } from "#lib/queue/broker-alarm.ts";
import { ConfirmedChannel } from "#lib/queue/confirmed-channel.ts";
import { takeDeadLetters } from "#lib/queue/dead-letters.ts";
import { probeRetryQueues } from "#lib/queue/probe-retry-queues.ts";
import { createRpcClient } from "#lib/queue/rpc-client.ts";
import { RETRY_DELAYS_MS } from "#lib/queue/topology.ts";
import type { Queues } from "../queues.ts";

const connectTimeoutMs = 6_000;
const closeMsMax = 2_000;

/** @throws Error naming `AMQP_URL`; the driver's own may have no message at all. */
export async function connectRabbit(url: string): Promise<ChannelModel> {
  try {
    const broker = await amqp.connect(url, { timeout: connectTimeoutMs });
    // Without a listener a lost connection would end the process in the middle.
    broker.on("error", () => undefined);
    return broker;
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`AMQP_URL: RabbitMQ cannot be used (${text || code})`, { cause });
  }
}

/** The queues over a channel of this command alone, which holds what was taken and not settled. */
export async function openQueues(broker: ChannelModel): Promise<Queues> {
  const channel = await broker.createConfirmChannel();
  const confirmed = new ConfirmedChannel(channel);
  return {
    count: async (queue) => {
      const { messageCount: messages, consumerCount: consumers } = await channel.checkQueue(queue);
      return { messages, consumers };
    },
    take: (queue, messagesMax) => takeDeadLetters(confirmed, queue, messagesMax),
    peek: async (queue) => (await look(broker, queue, 1)).messages[0],
    search: (tasks) => searchQueues(broker, tasks),
  };
}

/**
 * As `probeRetryQueues` of lib/queue. Over a connection of its own: under an alarm the broker reads nothing more from
 * one that publishes.
 *
 * @throws Error under an alarm, when nothing can be said.
 */
export async function findStuckRetries(
  url: string,
  { count }: Pick<Queues, "count">,
): Promise<string[]> {
  const connection = await connectRabbit(url);
  const alarm = new BrokerAlarm();
  connection.on("blocked", () => alarm.raise());
  const channel = await connection.createConfirmChannel();
  const rpc = await createRpcClient({
    alarm,
    openChannel: async (setup) => {
      const made = await setup(channel);
      return { current: () => made, close: () => channel.close() };
    },
  });
  try {
    const stuck = await probeRetryQueues({ rpc, count }, TASK_NAMES);
    if (alarm.isOn) throw new Error("the broker has an alarm");
    return stuck;
  } finally {
    await withDeadline(closeMsMax, connection.close()).catch(() => undefined);
  }
}

/** Messages looked at in one queue: they are held in memory, and kept from their consumers meanwhile. */
const searchedMax = 1_000;

async function searchQueues(broker: ChannelModel, tasks: readonly string[]) {
  const bodies: unknown[] = [];
  let isAll = true;
  const retryQueues = Object.keys(RETRY_DELAYS_MS);
  for (const queue of [...tasks, ...retryQueues, ...tasks.map((task) => `dlq.${task}`)]) {
    const { messages, isCut } = await look(broker, queue, searchedMax);
    bodies.push(...messages.map(({ body }) => body));
    if (isCut) isAll = false;
  }
  return { bodies, isAll };
}

/**
 * Reads the oldest messages of a queue and leaves them there. Only when there is something to look for:
 * RabbitMQ before 4.3 counts a look as a delivery, and of those a task's message has twenty before it is
 * dead-lettered, from where the redrive brings it back.
 */
async function look(broker: ChannelModel, queue: string, messagesMax: number) {
  // Of its own: what a closed channel held goes back to its queue, whatever happens here.
  const channel = await broker.createConfirmChannel();
  try {
    const messages = await takeDeadLetters(new ConfirmedChannel(channel), queue, messagesMax);
    const isFull = messages.length === messagesMax;
    const isCut = isFull && (await channel.checkQueue(queue)).messageCount > 0;
    // Dead letters are requeued one by one, which spares them the count; the rest all at once.
    if (/^(dlq|archive)\./.test(queue)) for (const one of messages) await one.requeue();
    else channel.nackAll(true);
    return { messages, isCut };
  } finally {
    await channel.close();
  }
}
