import type { GetMessage } from "amqplib";
import type { DeadLetter } from "#lib/contract/dead-letter.ts";
import { isTaskName } from "#lib/contract/task.ts";
import { Fault } from "#lib/error/fault.ts";
import { traceId } from "#lib/trace/trace-context.ts";
import { ENSURE } from "./assert-topology.ts";
import type { Broker } from "./broker.ts";
import { ConfirmedChannel } from "./confirmed-channel.ts";
import { parseBody } from "./parse-body.ts";
import { deathCodeHeader } from "./publisher.ts";
import { readHeaders } from "./read-headers.ts";
import { ageS } from "./stamp.ts";
import { QUEUES, TASKS } from "./topology.ts";
import { unavailable } from "./unavailable.ts";

/**
 * RabbitMQ before 4.3 counts every requeue as a delivery, and 4.0 to 4.2 drop a message of a dead-letter queue
 * after 20. A message that was delivered this often is published anew instead, which clears its count.
 */
const deliveriesMax = 10;
/** Some hundred round trips; one that takes longer does not come. */
const takeMsMax = 30_000;

export interface DeadLetters {
  /** Messages that wait in a queue, those that somebody holds not counted. */
  count(queue: string): Promise<number>;
  /** The oldest dead letters of a queue. */
  take(queue: string, messagesMax: number): Promise<DeadLetter[]>;
  close(): Promise<void>;
}

/** The dead letters over a channel that is reopened when it closes, for a process that runs long. */
export async function openDeadLetters(broker: Broker): Promise<DeadLetters> {
  const { current, close } = await broker.openChannel(async (channel) => {
    // A read of a queue that was deleted costs the channel: the next one has the queue again.
    await ENSURE[broker.topology].queues(channel, QUEUES);
    return new ConfirmedChannel(channel, broker);
  });
  async function inTime<T>(work: (confirmed: ConfirmedChannel) => Promise<T>): Promise<T> {
    const confirmed = current();
    if (!confirmed) throw unavailable("no channel");
    return broker.alarm.within(takeMsMax, work(confirmed)).catch(async (error: unknown) => {
      // What is taken too late nobody would settle.
      confirmed.channel.close().catch(() => undefined);
      throw error;
    });
  }
  return {
    count: (queue) => inTime((confirmed) => countMessages(confirmed, queue)),
    take: (queue, messagesMax) =>
      inTime((confirmed) => takeDeadLetters(confirmed, queue, messagesMax)),
    close,
  };
}

/** Messages that wait in a queue. */
export async function countMessages({ channel }: ConfirmedChannel, queue: string): Promise<number> {
  return (await onChannel(() => channel.checkQueue(queue))).messageCount;
}

/** The oldest messages of `dlq.<task>` or `archive.<task>`, held until they are settled. */
export async function takeDeadLetters(
  confirmed: ConfirmedChannel,
  queue: string,
  messagesMax: number,
): Promise<DeadLetter[]> {
  const deadLetters: DeadLetter[] = [];
  while (deadLetters.length < messagesMax) {
    const message = await onChannel(() => confirmed.channel.get(queue));
    if (message === false) break;
    deadLetters.push(toDeadLetter(confirmed, queue, message));
  }
  return deadLetters;
}

function toDeadLetter(confirmed: ConfirmedChannel, queue: string, message: GetMessage): DeadLetter {
  const task = queue.replace(/^(dlq|archive)\./, "");
  const { content } = message;
  const { traceparent, attempt, epoch } = readHeaders(message);
  const code = codeOf(message);
  const send = (exchange: string, key: string, body: Buffer, headers: Record<string, unknown>) =>
    confirmed.send(exchange, key, body, { mandatory: true, headers });
  const remove = () => onChannel(async () => confirmed.channel.ack(message));
  return {
    task,
    body: parseBody(content),
    content,
    epoch,
    traceId: traceId(traceparent),
    // Its last try is counted by nobody after it.
    attempts: attempt + (code === undefined ? 0 : 1),
    code,
    death: deathOf(message, task),
    redrive: async (to, body) => {
      if (!isTaskName(to)) throw new Fault("MESSAGE_INVALID");
      // Nothing else is taken over: with the old `x-death` the broker would see a cycle.
      const headers = { traceparent, "x-attempt": 0, "x-redrive": epoch + 1 };
      await send(TASKS[to].exchange, to, Buffer.from(JSON.stringify(body)), headers);
      await remove();
    },
    archive: async () => {
      await send("", `archive.${task}`, content, headersOf(message));
      await remove();
    },
    remove,
    requeue: async () => {
      const { "x-delivery-count": deliveries, ...headers } = headersOf(message);
      if (Number(deliveries ?? 0) < deliveriesMax) {
        await onChannel(async () => confirmed.channel.nack(message, false, true));
        return;
      }
      await send("", queue, content, headers);
      await remove();
    },
  };
}

function headersOf(message: GetMessage): Record<string, unknown> {
  return { ...message.properties.headers };
}

function codeOf(message: GetMessage): string | undefined {
  const code: unknown = headersOf(message)[deathCodeHeader];
  return typeof code === "string" ? code : undefined;
}

function deathOf(message: GetMessage, task: string): DeadLetter["death"] {
  const age = codeOf(message) === undefined ? undefined : ageS(message);
  if (age !== undefined) return { reason: "failed", at: Date.now() - age * 1_000 };
  const deaths: unknown = headersOf(message)["x-death"];
  if (!Array.isArray(deaths)) return undefined;
  const death = deaths.find((one) => one?.queue === task);
  const seconds = death?.time?.value;
  if (typeof seconds !== "number" || typeof death?.reason !== "string") return undefined;
  return { reason: death.reason, at: seconds * 1_000 };
}

/** A closed channel throws; the broker has requeued its messages by then. */
async function onChannel<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw unavailable("channel closed", cause);
  }
}
