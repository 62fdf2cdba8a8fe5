import type { ConfirmChannel } from "amqplib";
import { Fault } from "#lib/error/fault.ts";

/** Where a consumer of the message is to reply. */
export interface ReplyAddress {
  readonly replyTo: string;
  readonly correlationId: string;
}

interface SendOptions extends Partial<ReplyAddress> {
  /** Whether it is a failure when no queue takes the message. */
  readonly mandatory: boolean;
  readonly headers?: Readonly<Record<string, unknown>>;
}

/**
 * Publishes awaiting their confirm; above it the caller is refused instead of buffered. A worker with all
 * queues never has as many: it holds 10,128 messages at most, and a reward publishes two.
 */
const inFlightMax = 16_384;
const confirmTimeoutMs = 5_000;

/** A channel that publishes with confirms. One for each channel, for it listens to what is returned there. */
export class ConfirmedChannel {
  readonly channel: ConfirmChannel;
  #inFlight = 0;
  #lastId = 0;
  /** Ids of mandatory messages that no queue took: the broker confirms those as well. */
  readonly #returned = new Set<string>();

  constructor(channel: ConfirmChannel) {
    this.channel = channel;
    channel.on("return", (message) => this.#returned.add(String(message.properties.messageId)));
  }

  /**
   * Resolves when the broker has the message safely in a queue.
   *
   * @throws Fault `UNAVAILABLE` when the broker refused it, did not confirm in time, or the channel closed.
   */
  async send(exchange: string, key: string, content: Buffer, options: SendOptions): Promise<void> {
    if (this.#inFlight >= inFlightMax) throw unavailable("too many publishes in flight");
    const messageId = String(++this.#lastId);
    let timer: ReturnType<typeof setTimeout> | undefined;
    this.#inFlight++;
    try {
      await new Promise<void>((resolve, reject) => {
        timer = setTimeout(() => reject(unavailable("no confirm")), confirmTimeoutMs);
        const properties = { messageId, persistent: true, contentType: "application/json" };
        // A closed channel throws, and calls back with an error for what was in flight.
        this.channel.publish(exchange, key, content, { ...options, ...properties }, (error) => {
          if (error) reject(unavailable("publish refused", error));
          else if (this.#returned.delete(messageId)) reject(unavailable("no queue took it"));
          else resolve();
        });
      });
    } catch (error) {
      throw error instanceof Fault ? error : unavailable("channel closed", error);
    } finally {
      clearTimeout(timer);
      this.#inFlight--;
    }
  }
}

export function unavailable(reason: string, cause?: unknown): Fault {
  return new Fault("UNAVAILABLE", { cause: new Error(`RabbitMQ: ${reason}`, { cause }) });
}
