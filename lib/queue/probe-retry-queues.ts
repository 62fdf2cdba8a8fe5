import type { ConfirmChannel, ConsumeMessage } from "amqplib";
import type { TaskName } from "#lib/contract/task.ts";
import { readHeaders } from "./read-headers.ts";
import type { RpcClient } from "./rpc-client.ts";
import { sendReply } from "./send-reply.ts";
import { RETRY_DELAYS_MS, RETRY_QUEUES } from "./topology.ts";

/** Marks a message that goes the way of a retry, and to which a consumer replies instead of working on it. */
const probeHeader = "x-probe";
/** From a retry queue to the reply, beyond the time that messages before it may still have to wait. */
const returnMsMax = 5_000;

export interface ProbeDeps {
  readonly rpc: Pick<RpcClient, "probe">;
  /** Messages that are ready in a queue, and its consumers. */
  count(queue: string): Promise<{ readonly messages: number; readonly consumers: number }>;
}

/**
 * Retry queues whose messages outlive their TTL, as `retry.1s → scan.vision`. RabbitMQ before 3.13.8 may keep what
 * should return to a queue that was full once, until the broker restarts, and counts it nowhere an AMQP client can
 * see (rabbitmq/rabbitmq-server#12206). So a probe is sent through each of them. A task that nobody consumes, or
 * whose probe waits behind others, says nothing.
 */
export async function probeRetryQueues(
  { rpc, count }: ProbeDeps,
  tasks: readonly TaskName[],
): Promise<string[]> {
  const probed = await filterAsync(tasks, isServed);
  const ways = probed.flatMap((task) => RETRY_QUEUES.map((queue) => ({ task, queue })));
  const returned = await Promise.allSettled(
    ways.map(({ task, queue }) => rpc.probe(queue, task, RETRY_DELAYS_MS[queue] + returnMsMax)),
  );
  const missing = ways.filter((_, i) => returned[i]?.status === "rejected");
  const stuck = await filterAsync(missing, ({ task }) => isServed(task));
  return stuck.map(({ queue, task }) => `${queue} → ${task}`);

  async function isServed(task: TaskName): Promise<boolean> {
    const { messages, consumers } = await count(task);
    return messages === 0 && consumers > 0;
  }
}

async function filterAsync<T>(list: readonly T[], keep: (one: T) => Promise<boolean>) {
  const kept: T[] = [];
  for (const one of list) if (await keep(one)) kept.push(one);
  return kept;
}

export const probeHeaders = { [probeHeader]: 1 };

/** Replies to a probe. False for any other message. */
export function replyToProbe(channel: ConfirmChannel, message: ConsumeMessage): boolean {
  if (message.properties.headers?.[probeHeader] === undefined) return false;
  const { reply } = readHeaders(message);
  if (reply) sendReply(channel, reply, true);
  return true;
}
