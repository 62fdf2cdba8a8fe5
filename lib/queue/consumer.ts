import type { ConfirmChannel, ConsumeMessage } from "amqplib";
import { Gauge } from "prom-client";
import type { Task, TaskName } from "#lib/contract/task.ts";
import { Fault } from "#lib/error/fault.ts";
import type { Logger } from "#lib/log/logger.ts";
import { withDeadline } from "#lib/process/with-deadline.ts";
import { ENSURE, type TopologyMode } from "./assert-topology.ts";
import type { Broker } from "./broker.ts";
import { type DeliveryDeps, handleDelivery } from "./handle-delivery.ts";
import { LostDeliveries } from "./lost-deliveries.ts";
import { parseBody } from "./parse-body.ts";
import { replyToProbe } from "./probe-retry-queues.ts";
import type { Publisher } from "./publisher.ts";
import type { Attempt } from "./run-task.ts";
import { Settlement } from "./settlement.ts";
import { QUEUES, TASKS, type TaskLimits } from "./topology.ts";
import type { Turns } from "./turns.ts";

/** The subscription to one task's queue. */
export interface Consumer {
  /**
   * True while the broker really delivers to us, which a connection alone does not prove, and while
   * it deliberately does not: a paused consumer is healthy.
   */
  isConsuming(): boolean;
  /**
   * Messages held at once from now on: 0 pauses, more than the task's prefetch is the prefetch. Messages
   * in hand go on; while they are more, none is added. Outlives reconnects. Resolves when no more than that
   * are delivered, or will be after a reconnect.
   */
  setPrefetch(messagesMax: number): Promise<void>;
  /**
   * Takes no new message, lets those in flight finish, aborts what outlives the deadline, and leaves to the broker
   * what cannot be settled 5 s later.
   */
  stop(deadlineMs: number): Promise<void>;
}

const prefetchMax = new Gauge({
  name: "eco2_consumer_prefetch",
  help: "Messages a consumer may hold at once; 0 is a deliberate pause",
  labelNames: ["task"],
});

/** The consumers of this process, looked at when metrics are scraped. */
const consumers = new Map<TaskName, QueueConsumer>();
new Gauge({
  name: "eco2_consumer_waiting",
  help: "Messages that a consumer holds and does not work on yet: others' turns come first",
  labelNames: ["task"],
  collect() {
    for (const [task, { waiting }] of consumers) {
      if (waiting !== undefined) this.set({ task }, waiting);
    }
  },
});
new Gauge({
  name: "eco2_consumer_unacked",
  help: "Messages that a consumer has received and not settled yet",
  labelNames: ["task"],
  collect() {
    for (const [task, { unacked }] of consumers) this.set({ task }, unacked);
  },
});

const reconsumeDelayMs = 1_000;
/** Longest wait for the broker to end a subscription. */
const cancelMsMax = 5_000;
/** What an aborted try still needs to send its message to a retry queue. */
const settleMsMax = 5_000;

export interface ConsumeOptions {
  /** Longer than those of the task. */
  readonly limits?: TaskLimits;
  readonly turns?: Turns;
}

/**
 * Consumes one task's queue, and goes on after every reconnect. Each consumer has a channel of its own and declares
 * its queue before it subscribes, so that a queue which is gone or differs costs the others nothing.
 */
export async function consume(
  task: TaskName,
  handler: Task,
  deps: { broker: Broker; publisher: Publisher; log: Logger },
  { limits = TASKS[task], turns }: ConsumeOptions = {},
): Promise<Consumer> {
  const { broker, publisher, log } = deps;
  const { alarm, topology } = broker;
  const running = new Set<Attempt>();
  const given = { task, handler, limits, publisher, log, running, alarm };
  const consumer = new QueueConsumer(given, topology, turns);
  const { close } = await broker.openChannel((channel) => consumer.start(channel));
  consumer.closeChannel = close;
  return consumer;
}

class QueueConsumer implements Consumer {
  readonly #deps: DeliveryDeps;
  readonly #ensure: (typeof ENSURE)[TopologyMode];
  readonly #lost: LostDeliveries;
  readonly #turns: Turns | undefined;
  readonly #inFlight = new Set<Promise<void>>();
  #settlement: Settlement | undefined;
  #active: { channel: ConfirmChannel; tag: string; prefetch: number } | undefined;
  #prefetch: number;
  #adjusting: Promise<void> = Promise.resolve();
  #isStopped = false;
  #waiting = 0;
  closeChannel: () => Promise<void> = async () => undefined;

  constructor(deps: DeliveryDeps, topology: TopologyMode, turns: Turns | undefined) {
    this.#deps = deps;
    this.#turns = turns;
    this.#ensure = ENSURE[topology];
    this.#lost = new LostDeliveries(deps);
    this.#prefetch = TASKS[deps.task].prefetch;
    prefetchMax.set({ task: deps.task }, this.#prefetch);
    consumers.set(deps.task, this);
  }

  get unacked(): number {
    return this.#inFlight.size;
  }

  /** Undefined for a task without turns. */
  get waiting(): number | undefined {
    return this.#turns && this.#waiting;
  }

  isConsuming(): boolean {
    return this.#active !== undefined || this.#prefetch === 0 || this.#hasEnough;
  }

  async setPrefetch(messagesMax: number): Promise<void> {
    const { task, log } = this.#deps;
    const wanted = Math.min(Math.max(0, Math.floor(messagesMax)), TASKS[task].prefetch);
    if (wanted === this.#prefetch) return;
    const turned = wanted === 0 ? "paused" : this.#prefetch === 0 ? "resumed" : undefined;
    if (turned) log.info(`consumer ${turned}`, { queue: task, prefetch: wanted });
    this.#prefetch = wanted;
    prefetchMax.set({ task }, wanted);
    // A failed change closes the channel, and the new channel starts with what is wanted then.
    await this.#adjust().catch(() => undefined);
  }

  async start(channel: ConfirmChannel): Promise<void> {
    if (this.#isStopped) return;
    const settlement = new Settlement(channel);
    this.#settlement = settlement;
    channel.on("close", () => {
      settlement.end();
      this.#lost.add(settlement.open());
      if (this.#active?.channel === channel) this.#active = undefined;
      if (this.#settlement === settlement) this.#settlement = undefined;
      this.#turns?.dismiss();
    });
    await this.#declare(channel);
    await this.#adjust();
  }

  /** With its dead letters, without which a queue keeps what it should dead-letter. */
  async #declare(channel: ConfirmChannel): Promise<void> {
    const { task } = this.#deps;
    await this.#ensure.queues(
      channel,
      QUEUES.filter(({ name }) => name === task || name === `dlq.${task}`),
    );
  }

  /** One change at a time: the reply to a cancel must not end the subscription that came after it. */
  #adjust(): Promise<void> {
    const adjusted = this.#adjusting.then(() => this.#subscribeAsWanted());
    this.#adjusting = adjusted.catch(() => undefined);
    return adjusted;
  }

  async #subscribeAsWanted(): Promise<void> {
    const settlement = this.#settlement;
    const wanted = this.#isStopped ? 0 : this.#prefetch;
    if (!settlement || (this.#active?.prefetch ?? 0) === wanted) return;
    // A consumer's prefetch is fixed for its life: another one needs another consumer.
    if (this.#active) {
      const { tag, prefetch } = this.#active;
      this.#active = undefined;
      await this.#cancel(settlement.channel, tag);
      // What waits for its turn others may take meanwhile.
      if (wanted < prefetch) this.#turns?.dismiss();
    }
    // The broker would not count what an earlier subscription delivered.
    if (wanted > 0 && !this.#hasEnough) await this.#subscribe(settlement, wanted);
  }

  /** The messages in hand are more than wanted. */
  get #hasEnough(): boolean {
    return this.#inFlight.size > this.#prefetch;
  }

  async #cancel(channel: ConfirmChannel, tag: string): Promise<void> {
    const cancelling = channel.cancel(tag);
    await this.#deps.alarm.within(cancelMsMax, cancelling).catch((error: unknown) => {
      // What would still be delivered nobody would count. Under an alarm the close waits as well.
      channel.close().catch(() => undefined);
      throw error;
    });
  }

  async #subscribe(settlement: Settlement, prefetch: number): Promise<void> {
    const { channel } = settlement;
    // Per consumer, not global: quorum queues refuse global QoS.
    await channel.prefetch(prefetch, false);
    const { consumerTag } = await channel.consume(this.#deps.task, (message) => {
      if (message === null) this.#resubscribe();
      else this.#accept(settlement, message);
    });
    this.#active = { channel, tag: consumerTag, prefetch };
  }

  /** The broker cancelled us (queue moved or deleted): the library would stay silent for ever. */
  #resubscribe(): void {
    this.#active = undefined;
    if (this.#isStopped) return;
    this.#deps.log.warn("consumer cancelled by the broker", { queue: this.#deps.task });
    // The new channel declares and subscribes. On the old one RabbitMQ 3.10 may deliver nothing of a queue
    // that was declared again.
    setTimeout(() => {
      void this.#settlement?.channel.close().catch(() => undefined);
    }, reconsumeDelayMs);
  }

  #accept(settlement: Settlement, message: ConsumeMessage): void {
    // Under an alarm the broker does not hear that we have stopped: it delivers the message to another consumer.
    if (this.#isStopped && this.#deps.alarm.isOn) return;
    settlement.received(message);
    const work = this.#handle(settlement, message).finally(() => {
      const hadEnough = this.#hasEnough;
      this.#inFlight.delete(work);
      if (hadEnough && !this.#hasEnough) void this.#adjust().catch(() => undefined);
    });
    this.#inFlight.add(work);
  }

  async #handle(settlement: Settlement, message: ConsumeMessage): Promise<void> {
    if (replyToProbe(settlement.channel, message)) return settlement.ack(message);
    if (this.#lost.has(message) && (await this.#lost.renew(message))) {
      return settlement.ack(message);
    }
    if (!this.#turns) return handleDelivery(this.#deps, settlement, message);
    const body = parseBody(message.content);
    const leave = this.#turns.tryTake(body);
    if (leave) return handleDelivery(this.#deps, settlement, message, body).finally(leave);
    this.#waiting++;
    const leaveLater = await this.#turns.take(body);
    this.#waiting--;
    if (!leaveLater) return this.#requeue(settlement, message);
    return handleDelivery(this.#deps, settlement, message, body).finally(leaveLater);
  }

  /** To the queue, where it was. With its channel it went there by itself. */
  async #requeue(settlement: Settlement, message: ConsumeMessage): Promise<void> {
    if (settlement !== this.#settlement) return;
    if (await this.#lost.renew(message)) settlement.ack(message);
    else settlement.requeue(message);
  }

  async stop(deadlineMs: number): Promise<void> {
    this.#isStopped = true;
    this.#settlement?.end();
    const { alarm } = this.#deps;
    await alarm.within(cancelMsMax, this.#adjust()).catch(() => undefined);
    // Also what came since the subscription was ended.
    this.#turns?.dismiss();
    const timer = setTimeout(() => {
      const fault = new Fault("UNAVAILABLE", { detail: "stopping" });
      for (const attempt of this.#deps.running) attempt.abortSignal(fault);
    }, deadlineMs);
    // What cannot be settled by then the broker delivers again.
    await withDeadline(deadlineMs + settleMsMax, Promise.all(this.#inFlight)).catch(() =>
      this.#deps.log.warn("stopped with messages in hand", { queue: this.#deps.task }),
    );
    clearTimeout(timer);
    this.#settlement?.flush();
    await this.closeChannel();
  }
}
