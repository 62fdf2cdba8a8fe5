import type { ConfirmChannel, GetMessage } from "amqplib";
import { isTaskName } from "#lib/contract/task.ts";
import { Fault } from "#lib/error/fault.ts";
import type { Broker } from "#lib/queue/broker.ts";
import { readHeaders } from "#lib/queue/read-headers.ts";
import { TASKS } from "#lib/queue/topology.ts";
import type { DeadLetter, RedriveDeps } from "../dead-letters/redrive.ts";

/** A dead letter with what only a person wants to know. */
export interface RawLetter extends DeadLetter {
  /** Why and when the broker dead-lettered it, milliseconds since the Unix epoch; if it says so. */
  readonly death: { readonly reason: string; readonly at: number } | undefined;
  readonly content: Buffer;
}

const confirmTimeoutMs = 5_000;
/**
 * RabbitMQ before 4.3 counts every give-back as a delivery, and 4.0 to 4.2 drop a message of a dead-letter
 * queue after 20. One that was looked at this often is written anew, which clears its count.
 */
const deliveriesMax = 10;

/** The dead letters over a channel that heals itself, for a process that runs long. */
export async function openDeadLetters(
  broker: Broker,
): Promise<Pick<RedriveDeps, "take"> & { close(): Promise<void> }> {
  let current: ConfirmChannel | undefined;
  const close = await broker.openChannel(async (channel) => {
    current = channel;
    channel.on("close", () => {
      if (current === channel) current = undefined;
    });
  });
  return {
    take: async (queue, lettersMax) => {
      if (!current) throw unavailable("no channel");
      return takeLetters(current, queue, lettersMax);
    },
    close,
  };
}

/** The oldest messages of `dlq.<task>` or `archive.<task>`, held until they are settled. */
export async function takeLetters(
  channel: ConfirmChannel,
  queue: string,
  lettersMax: number,
): Promise<RawLetter[]> {
  const letters: RawLetter[] = [];
  while (letters.length < lettersMax) {
    const message = await onChannel(() => channel.get(queue));
    if (message === false) break;
    letters.push(toLetter(channel, queue, message));
  }
  return letters;
}

function toLetter(channel: ConfirmChannel, queue: string, message: GetMessage): RawLetter {
  const task = queue.replace(/^(dlq|archive)\./, "");
  const { traceparent, epoch } = readHeaders(message);
  const remove = () => onChannel(async () => channel.ack(message));
  return {
    body: parse(message.content),
    epoch,
    death: deathOf(message, task),
    content: message.content,
    revive: async (to, body) => {
      if (!isTaskName(to)) throw new Fault("MESSAGE_INVALID");
      // Nothing else is taken over: with the old `x-death` the broker would see a cycle.
      const headers = { traceparent, "x-attempt": 0, "x-redrive": epoch + 1 };
      await send(channel, TASKS[to].exchange, to, Buffer.from(JSON.stringify(body)), headers);
      await remove();
    },
    archive: async () => {
      await send(channel, "", `archive.${task}`, message.content, headersOf(message));
      await remove();
    },
    remove,
    giveBack: async () => {
      if (Number(headersOf(message)["x-delivery-count"] ?? 0) < deliveriesMax) {
        await onChannel(async () => channel.nack(message, false, true));
        return;
      }
      const { "x-delivery-count": _, ...headers } = headersOf(message);
      await send(channel, "", queue, message.content, headers);
      await remove();
    },
  };
}

function headersOf(message: GetMessage): Record<string, unknown> {
  return { ...message.properties.headers };
}

function parse(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString());
  } catch {
    return undefined;
  }
}

function deathOf(message: GetMessage, task: string): RawLetter["death"] {
  const deaths: unknown = headersOf(message)["x-death"];
  if (!Array.isArray(deaths)) return undefined;
  const death = deaths.find((one) => one?.queue === task);
  const seconds = death?.time?.value;
  if (typeof seconds !== "number" || typeof death?.reason !== "string") return undefined;
  return { reason: death.reason, at: seconds * 1_000 };
}

let lastId = 0;

/** Resolves when the broker has the message safely in a queue. */
async function send(
  channel: ConfirmChannel,
  exchange: string,
  key: string,
  content: Buffer,
  headers: Record<string, unknown>,
): Promise<void> {
  const messageId = `letter-${++lastId}`;
  let returned = false;
  // A mandatory message that no queue takes comes back first, and is confirmed all the same.
  const onReturn = (message: Pick<GetMessage, "properties">): void => {
    if (message.properties.messageId === messageId) returned = true;
  };
  const { promise: lost, reject: lose } = Promise.withResolvers<never>();
  const onClose = (): void => lose(unavailable("channel closed"));
  const timer = setTimeout(() => lose(unavailable("no confirm")), confirmTimeoutMs);
  channel.on("return", onReturn).on("close", onClose);
  try {
    const confirmed = new Promise<void>((resolve, reject) => {
      const options = { mandatory: true, persistent: true, contentType: "application/json" };
      channel.publish(exchange, key, content, { ...options, headers, messageId }, (error) =>
        error || returned ? reject(unavailable("no queue took it", error)) : resolve(),
      );
    });
    await onChannel(() => Promise.race([confirmed, lost]));
  } finally {
    clearTimeout(timer);
    channel.off("return", onReturn).off("close", onClose);
  }
}

/** A channel that died throws; the broker has its messages back by then. */
async function onChannel<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw unavailable("channel", cause);
  }
}

function unavailable(reason: string, cause?: unknown): Fault {
  return new Fault("UNAVAILABLE", { cause: new Error(`RabbitMQ: ${reason}`, { cause }) });
}
