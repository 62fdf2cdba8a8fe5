import type { ConfirmChannel } from "amqplib";
import type { Fault } from "#lib/error/fault.ts";
import { assertQueues } from "./assert-topology.ts";
import type { Broker } from "./broker.ts";
import { BrokerAlarm } from "./broker-alarm.ts";
import { stamp } from "./stamp.ts";
import { BINDINGS, QUEUES, type QueueSpec } from "./topology.ts";
import { unavailable, unconfirmed } from "./unavailable.ts";

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
export const confirmTimeoutMs = 5_000;
/**
 * From a queue that was missing to its declaration. A queue that is declared while the broker still deletes it keeps
 * its consumers without telling them, and withholds from them as many messages as its predecessor delivered. Its own
 * consumer mostly declares it meanwhile.
 */
const declareDelayMs = 1_000;
/** A full queue nacks as well, and takes messages again by itself: so it is no single one. */
const nacksMax = 3;

/** A channel that publishes with confirms. One for each channel, for it listens to what is returned there. */
export class ConfirmedChannel {
  readonly channel: ConfirmChannel;
  readonly #alarm: BrokerAlarm;
  readonly #mayDeclare: boolean;
  #inFlight = 0;
  /** Ids of mandatory messages that no queue took: the broker confirms those as well. */
  readonly #returned = new Set<string>();
  /** Nacks in a row, by where they were published to. */
  readonly #nacks = new Map<string, number>();

  constructor(
    channel: ConfirmChannel,
    {
      alarm = new BrokerAlarm(),
      topology = "declare",
    }: Partial<Pick<Broker, "alarm" | "topology">> = {},
  ) {
    this.channel = channel;
    this.#alarm = alarm;
    this.#mayDeclare = topology === "declare";
    channel.on("return", (message) => this.#returned.add(String(message.properties.messageId)));
  }

  /**
   * True once a queue has refused several messages in a row. RabbitMQ before 3.13.8 may then refuse all that
   * comes over this channel for ever, though the queue has room again (rabbitmq/rabbitmq-server#12206).
   */
  get isRefused(): boolean {
    return this.#nacks.values().some((nacks) => nacks >= nacksMax);
  }

  /**
   * Resolves when the broker has the message safely in a queue. A queue that was deleted is declared again, where
   * this process declares queues.
   *
   * @throws Fault `UNAVAILABLE` when the broker refused it, did not confirm in time, or the channel closed.
   */
  async send(exchange: string, key: string, content: Buffer, options: SendOptions): Promise<void> {
    if (await this.#publish(exchange, key, content, options)) return;
    await Bun.sleep(declareDelayMs);
    if (await this.#publish(exchange, key, content, options)) return;
    if (!this.#mayDeclare) throw unavailable("no queue took it");
    await this.#declare(queuesOf(exchange, key));
    if (await this.#publish(exchange, key, content, options)) return;
    throw unavailable("no queue took it");
  }

  async #declare(queues: readonly QueueSpec[]): Promise<void> {
    try {
      await this.#alarm.within(confirmTimeoutMs, assertQueues(this.channel, queues));
    } catch (error) {
      throw unavailable("no queue took it", error);
    }
  }

  /** False when no queue took the message. */
  #publish(exchange: string, key: string, content: Buffer, options: SendOptions): Promise<boolean> {
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    if (this.#alarm.isRefusing) reject(unavailable("the broker has an alarm"));
    else if (this.#inFlight >= inFlightMax) reject(unavailable("too many publishes in flight"));
    else {
      const { messageId, timestamp } = stamp();
      const end = (fault?: Fault): void => {
        this.#inFlight--;
        if (fault) reject(fault);
        else {
          if (this.#nacks.size > 0) this.#nacks.delete(exchange + key);
          resolve(!this.#returned.delete(messageId));
        }
      };
      const timer = this.#alarm.timer(confirmTimeoutMs, "fails", () =>
        end(unconfirmed("no confirm")),
      );
      const said = { messageId, timestamp, persistent: true, contentType: json };
      this.#inFlight++;
      try {
        this.channel.publish(exchange, key, content, { ...options, ...said }, (error) => {
          if (!this.#alarm.callOff(timer)) return;
          if (!error) end();
          else if (NACKED.test(error.message)) end(this.#nacked(exchange + key, error));
          else end(unconfirmed("channel closed", error));
        });
      } catch (error) {
        // A closed channel throws, and has written nothing.
        if (this.#alarm.callOff(timer)) end(unavailable("channel closed", error));
      }
    }
    return promise;
  }

  #nacked(route: string, error: Error): Fault {
    this.#nacks.set(route, (this.#nacks.get(route) ?? 0) + 1);
    return unavailable("publish refused", error);
  }
}

const json = "application/json";
/** How the library says that the broker refused a message, and not that the channel closed meanwhile. */
const NACKED = /nacked/;

/** The queues a message for `key` comes to. */
function queuesOf(exchange: string, key: string): readonly QueueSpec[] {
  const bound = BINDINGS.filter((one) => one.exchange === exchange)
    .filter(({ routingKey }) => routingKey === key || routingKey === "")
    .map(({ queue }) => queue);
  return QUEUES.filter(({ name }) => (exchange === "" ? name === key : bound.includes(name)));
}
