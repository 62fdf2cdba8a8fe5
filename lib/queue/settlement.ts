import type { ConfirmChannel, ConsumeMessage } from "amqplib";

/**
 * Settles the messages of one channel, each exactly once; a message that is settled already is left alone.
 *
 * Acks of one turn of the event loop go out together: one for all up to the first message that is still
 * open, then the others singly. A broker settles a hundred messages by one ack for little more than
 * one message. The wait costs nothing: nobody waits for an ack.
 *
 * Once the channel has closed nothing is settled any more.
 */
export class Settlement {
  readonly channel: ConfirmChannel;
  /** By delivery tag, rising. */
  readonly #open = new Map<number, ConsumeMessage>();
  readonly #acked = new Set<number>();
  #isEnding = false;

  constructor(channel: ConfirmChannel) {
    this.channel = channel;
  }

  /** True when the broker will deliver again what is still open: the channel has closed, or is about to. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  end(): void {
    this.#isEnding = true;
  }

  /** Messages received and not settled. */
  open(): ConsumeMessage[] {
    return [...this.#open.values()];
  }

  received(message: ConsumeMessage): void {
    this.#open.set(message.fields.deliveryTag, message);
  }

  ack(message: ConsumeMessage): void {
    if (this.#acked.size === 0) setImmediate(() => this.flush());
    this.#acked.add(message.fields.deliveryTag);
  }

  deadLetter(message: ConsumeMessage): void {
    if (this.#close(message)) onChannel(() => this.channel.reject(message, false));
  }

  /** Where it was in its queue, for whoever takes it next; a delivery more. */
  requeue(message: ConsumeMessage): void {
    if (this.#close(message)) onChannel(() => this.channel.nack(message, false, true));
  }

  /** Sends the gathered acks at once; to be called before the channel is closed. */
  flush(): void {
    let upTo: ConsumeMessage | undefined;
    for (const [tag, message] of this.#open) {
      if (!this.#acked.delete(tag)) break;
      this.#open.delete(tag);
      upTo = message;
    }
    const last = upTo;
    if (last) onChannel(() => this.channel.ack(last, true));
    for (const tag of this.#acked) {
      const message = this.#open.get(tag);
      if (message && this.#close(message)) onChannel(() => this.channel.ack(message));
    }
    this.#acked.clear();
  }

  #close({ fields: { deliveryTag } }: ConsumeMessage): boolean {
    return this.#open.delete(deliveryTag);
  }
}

/** A closed channel throws; the broker has requeued its messages already. */
function onChannel(operation: () => unknown): void {
  try {
    operation();
  } catch {
    return;
  }
}
