import type { ConfirmChannel } from "amqplib";
import type { Delivery, TaskName } from "#lib/contract/task.ts";
import { Fault } from "#lib/error/fault.ts";
import type { Broker } from "./broker.ts";
import { RETRY_DELAYS_MS, type RetryQueue, TASKS } from "./topology.ts";

/** Message headers of Eco²; everything else about a message is in its body. */
export type MessageHeaders = Omit<Delivery, "signal" | "abort">;

/** Where a consumer of the message is to answer. */
export interface ReplyAddress {
  readonly replyTo: string;
  readonly correlationId: string;
}

export interface Publisher {
  /**
   * Resolves when the broker has the message safely in a queue.
   *
   * @throws Fault `UNAVAILABLE` when it said no, did not answer in time or is away. After a timeout the
   * message may have been written all the same: whoever receives it must be idempotent.
   */
  publish(task: TaskName, body: unknown, headers: MessageHeaders): Promise<void>;
  /** Sends a message to a retry queue, from which it returns to the queue of `task`. */
  retryLater(
    task: TaskName,
    content: Buffer,
    headers: MessageHeaders & {
      readonly deferrals: number;
      readonly reply: ReplyAddress | undefined;
    },
    delayMs: number,
  ): Promise<void>;
  /** Tells every process; nobody listening is fine. */
  broadcast(exchange: string, body: unknown): Promise<void>;
  isReady(): boolean;
  close(): Promise<void>;
}

/**
 * Publishes awaiting their confirm; above it the caller is turned away instead of buffered. A worker with
 * all queues never has as many: it holds 10,128 messages at most, and a reward publishes two.
 */
const inFlightMax = 16_384;
const confirmTimeoutMs = 5_000;

/**
 * A publisher with confirms. It never buffers while the broker is away: the raw channel of the moment
 * is used, and a lost channel rejects what was in flight.
 */
export async function createPublisher(broker: Broker): Promise<Publisher> {
  const confirms = new ConfirmedChannel();
  const closeChannel = await broker.openChannel(async (channel) => confirms.use(channel));
  return {
    publish: (task, body, headers) =>
      confirms.send(TASKS[task].exchange, task, Buffer.from(JSON.stringify(body)), {
        mandatory: true,
        headers: wireHeaders(headers),
      }),
    retryLater: (task, content, headers, delayMs) =>
      confirms.send(retryQueue(delayMs), task, content, {
        mandatory: true,
        headers: { ...wireHeaders(headers), "x-waits": headers.deferrals },
        ...headers.reply,
      }),
    broadcast: (exchange, body) =>
      confirms.send(exchange, "", Buffer.from(JSON.stringify(body)), { mandatory: false }),
    isReady: () => confirms.isOpen && broker.isConnected(),
    close: closeChannel,
  };
}

interface SendOptions extends Partial<ReplyAddress> {
  readonly mandatory: boolean;
  readonly headers?: Record<string, string | number>;
}

class ConfirmedChannel {
  #channel: ConfirmChannel | undefined;
  #inFlight = 0;
  #lastId = 0;
  /** Ids of mandatory messages that no queue took: the broker confirms those as well. */
  readonly #returned = new Set<string>();

  get isOpen(): boolean {
    return this.#channel !== undefined;
  }

  use(channel: ConfirmChannel): void {
    this.#channel = channel;
    channel.on("return", (message) => this.#returned.add(String(message.properties.messageId)));
    channel.on("close", () => {
      if (this.#channel === channel) this.#channel = undefined;
      this.#returned.clear();
    });
  }

  send(exchange: string, key: string, content: Buffer, options: SendOptions): Promise<void> {
    const channel = this.#channel;
    if (!channel || this.#inFlight >= inFlightMax) return Promise.reject(unavailable("no channel"));
    const messageId = String(++this.#lastId);
    this.#inFlight++;
    return new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(unavailable("no confirm")), confirmTimeoutMs);
      channel.publish(
        exchange,
        key,
        content,
        { ...options, messageId, persistent: true, contentType: "application/json" },
        (error) => {
          clearTimeout(timer);
          if (error) reject(unavailable("publish refused", error));
          else if (this.#returned.delete(messageId)) reject(unavailable("no queue took it"));
          else resolve();
        },
      );
    }).finally(() => {
      this.#inFlight--;
    });
  }
}

function unavailable(reason: string, cause?: unknown): Fault {
  return new Fault("UNAVAILABLE", { cause: new Error(`RabbitMQ: ${reason}`, { cause }) });
}

function wireHeaders(headers: MessageHeaders): Record<string, string | number> {
  return {
    traceparent: headers.traceparent,
    "x-attempt": headers.attempt,
    "x-redrive": headers.epoch,
  };
}

/** The shortest retry queue that is at least as long as asked for; the longest when none is. */
function retryQueue(delayMs: number): RetryQueue {
  if (delayMs <= RETRY_DELAYS_MS["retry.1s"]) return "retry.1s";
  return delayMs <= RETRY_DELAYS_MS["retry.5s"] ? "retry.5s" : "retry.30s";
}
