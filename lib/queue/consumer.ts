import type { ConfirmChannel, ConsumeMessage } from "amqplib";
import { Counter, Gauge, Histogram } from "prom-client";
import type { Task, TaskName } from "#lib/contract/task.ts";
import { Fault } from "#lib/error/fault.ts";
import type { Logger } from "#lib/log/logger.ts";
import { traceId } from "#lib/trace/trace-context.ts";
import type { Broker } from "./broker.ts";
import type { ReplyAddress } from "./confirmed-channel.ts";
import type { MessageHeaders, Publisher } from "./publisher.ts";
import { type ReceivedHeaders, readHeaders } from "./read-headers.ts";
import { retryDelayMs } from "./retry-delay.ts";
import { Settlement } from "./settlement.ts";
import { TASKS } from "./topology.ts";

export interface Consumer {
  /**
   * True while the broker really delivers to us, which a connection alone does not prove, and while
   * it deliberately does not: a paused consumer is healthy.
   */
  isConsuming(): boolean;
  /**
   * Messages held at once from now on: 0 pauses, more than the task's prefetch is the prefetch. Those
   * in hand go on. Outlives reconnects. Resolves when it is in force, or will be after a reconnect.
   */
  setPrefetch(messagesMax: number): Promise<void>;
  /** Takes no new message, lets the ones in flight finish, gives back what outlives the deadline. */
  stop(deadlineMs: number): Promise<void>;
}

const taskDuration = new Histogram({
  name: "eco2_task_duration_seconds",
  help: "Time from delivery to settlement, by what became of the message",
  labelNames: ["task", "outcome"],
  buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60],
});

const givenBack = new Counter({
  name: "eco2_task_retries_total",
  help: "Messages given back through a retry queue, by the fault that was the reason",
  labelNames: ["task", "reason"],
});
const intakeMax = new Gauge({
  name: "eco2_consumer_prefetch",
  help: "Messages a consumer may hold at once; 0 is a deliberate pause",
  labelNames: ["task"],
});

const reconsumeDelayMs = 1_000;

/**
 * Consumes one task's queue. A message leaves only in one of four ways, each after its effect:
 * acked (done, or failed for good), given back through a retry queue, or dead-lettered.
 */
export async function consume(
  task: TaskName,
  handler: Task,
  deps: { broker: Broker; publisher: Publisher; log: Logger },
): Promise<Consumer> {
  const consumer = new QueueConsumer(task, handler, deps.publisher, deps.log);
  const { close } = await deps.broker.openChannel((channel) => consumer.start(channel));
  consumer.closeChannel = close;
  return consumer;
}

class QueueConsumer implements Consumer {
  readonly #task: TaskName;
  readonly #handler: Task;
  readonly #publisher: Publisher;
  readonly #log: Logger;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #running = new Set<AbortController>();
  #settlement: Settlement | undefined;
  #active: { channel: ConfirmChannel; tag: string; intake: number } | undefined;
  #intake: number;
  #adjusting: Promise<void> = Promise.resolve();
  #cancelled = false;
  closeChannel: () => Promise<void> = async () => undefined;

  constructor(task: TaskName, handler: Task, publisher: Publisher, log: Logger) {
    this.#task = task;
    this.#handler = handler;
    this.#publisher = publisher;
    this.#log = log;
    this.#intake = TASKS[task].prefetch;
    intakeMax.set({ task }, this.#intake);
  }

  isConsuming(): boolean {
    return this.#active !== undefined || this.#intake === 0;
  }

  async setPrefetch(messagesMax: number): Promise<void> {
    const wanted = Math.min(Math.max(0, Math.floor(messagesMax)), TASKS[this.#task].prefetch);
    if (wanted === this.#intake) return;
    const turned = wanted === 0 ? "paused" : this.#intake === 0 ? "resumed" : undefined;
    if (turned) this.#log.info(`consumer ${turned}`, { queue: this.#task, intake: wanted });
    this.#intake = wanted;
    intakeMax.set({ task: this.#task }, wanted);
    // A failed change closes the channel, and the new channel starts with what is wanted then.
    await this.#adjust().catch(() => undefined);
  }

  async start(channel: ConfirmChannel): Promise<void> {
    if (this.#cancelled) return;
    this.#settlement = new Settlement(channel);
    channel.on("close", () => {
      if (this.#active?.channel === channel) this.#active = undefined;
      if (this.#settlement?.channel === channel) this.#settlement = undefined;
    });
    await this.#adjust();
  }

  /** One change at a time: the answer to a cancel must not end the subscription that came after it. */
  #adjust(): Promise<void> {
    const adjusted = this.#adjusting.then(() => this.#subscribeAsWanted());
    this.#adjusting = adjusted.catch(() => undefined);
    return adjusted;
  }

  async #subscribeAsWanted(): Promise<void> {
    const settlement = this.#settlement;
    const wanted = this.#cancelled ? 0 : this.#intake;
    if (!settlement || (this.#active?.intake ?? 0) === wanted) return;
    // A consumer's prefetch is fixed for its life: another one needs another consumer.
    if (this.#active) {
      const { tag } = this.#active;
      this.#active = undefined;
      await settlement.channel.cancel(tag);
    }
    if (wanted > 0) await this.#subscribe(settlement, wanted);
  }

  async #subscribe(settlement: Settlement, intake: number): Promise<void> {
    const { channel } = settlement;
    // Per consumer, not global: quorum queues refuse global QoS.
    await channel.prefetch(intake, false);
    const { consumerTag } = await channel.consume(this.#task, (message) => {
      if (message === null) this.#resubscribe();
      else this.#accept(settlement, message);
    });
    this.#active = { channel, tag: consumerTag, intake };
  }

  /** The broker cancelled us (queue moved or deleted): the library would stay silent for ever. */
  #resubscribe(): void {
    this.#active = undefined;
    if (this.#cancelled) return;
    this.#log.warn("consumer cancelled by the broker", { queue: this.#task });
    setTimeout(() => {
      // A failed try closes the channel, and the new channel subscribes by itself.
      this.#adjust().catch(() => undefined);
    }, reconsumeDelayMs);
  }

  #accept(settlement: Settlement, message: ConsumeMessage): void {
    settlement.received(message);
    const work = this.#handle(settlement, message).finally(() => this.#inFlight.delete(work));
    this.#inFlight.add(work);
  }

  async #handle(settlement: Settlement, message: ConsumeMessage): Promise<void> {
    const headers = readHeaders(message);
    const startedAt = performance.now();
    const observe = (outcome: string): number => {
      const ms = performance.now() - startedAt;
      taskDuration.observe({ task: this.#task, outcome }, ms / 1_000);
      return Math.round(ms);
    };
    const fields: Record<string, unknown> = {
      queue: this.#task,
      trace_id: traceId(headers.traceparent),
    };
    try {
      const body = parse(message);
      Object.assign(fields, owner(body));
      const reply = await this.#run(body, headers);
      if (headers.reply) answer(settlement.channel, headers.reply, reply);
      settlement.ack(message);
      const duration_ms = observe("done");
      this.#log.debug("task done", { ...fields, duration_ms });
    } catch (error) {
      const fault = Fault.from(error);
      const { attempt } = headers;
      const duration_ms = observe(fault.code);
      this.#log.warn("task failed", { ...fields, duration_ms, code: fault.code, attempt, error });
      await this.#settleFailed(settlement, message, headers, fault);
    }
  }

  async #run(body: unknown, headers: MessageHeaders): Promise<unknown> {
    const { softLimitMs, hardLimitMs } = TASKS[this.#task];
    const controller = new AbortController();
    const { promise: givenUp, reject } = Promise.withResolvers<never>();
    const abort = (fault: Fault): void => {
      controller.abort(fault);
      // A handler that ignores its signal is left behind: its effects are idempotent.
      reject(fault);
    };
    const soft = setTimeout(() => controller.abort(new Fault("TASK_TIMEOUT")), softLimitMs);
    const hard = setTimeout(() => abort(new Fault("TASK_TIMEOUT")), hardLimitMs);
    this.#running.add(controller);
    try {
      const work = this.#handler.run(body, { ...headers, signal: controller.signal, abort });
      return await Promise.race([work, givenUp]);
    } finally {
      this.#running.delete(controller);
      clearTimeout(soft);
      clearTimeout(hard);
    }
  }

  async #settleFailed(
    settlement: Settlement,
    message: ConsumeMessage,
    headers: ReceivedHeaders,
    fault: Fault,
  ): Promise<void> {
    try {
      const delayMs = retryDelayMs(fault, headers, TASKS[this.#task].retriesMax);
      if (delayMs !== undefined) {
        const { attempt, deferrals } = headers;
        const isTry = fault.kind.onMessage === "retry";
        const next = isTry
          ? { attempt: attempt + 1, deferrals: 0 }
          : { attempt, deferrals: deferrals + 1 };
        const back = { ...headers, ...next };
        await this.#publisher.retryLater(this.#task, message.content, back, delayMs);
        givenBack.inc({ task: this.#task, reason: fault.code });
        settlement.ack(message);
        return;
      }
      const signal = AbortSignal.timeout(TASKS[this.#task].softLimitMs);
      const delivery = { ...headers, signal, abort: () => undefined };
      await this.#handler.onExhausted?.(parse(message), fault, delivery);
      if (fault.kind.onMessage === "fail") settlement.ack(message);
      else settlement.reject(message);
    } catch (error) {
      const cause = Fault.from(error);
      this.#log.error("task could not be settled", { queue: this.#task, error });
      // Broker or store are away: the message must stay. What cannot even be parsed is for a person.
      const requeue = cause.kind.onMessage !== "bug";
      settlement.nack(message, requeue);
    }
  }

  async stop(deadlineMs: number): Promise<void> {
    this.#cancelled = true;
    await this.#adjust().catch(() => undefined);
    const timer = setTimeout(() => {
      const fault = new Fault("UNAVAILABLE", { detail: "stopping" });
      for (const controller of this.#running) controller.abort(fault);
    }, deadlineMs);
    await Promise.all(this.#inFlight);
    clearTimeout(timer);
    this.#settlement?.flush();
    await this.closeChannel();
  }
}

function parse(message: ConsumeMessage): unknown {
  try {
    return JSON.parse(message.content.toString());
  } catch (cause) {
    throw new Fault("MESSAGE_INVALID", { cause });
  }
}

/** Whose work it was, for the log. */
function owner(body: unknown): Record<string, unknown> {
  if (typeof body !== "object" || body === null) return {};
  return {
    ...("job_id" in body ? { task_id: body.job_id } : {}),
    ...("user_id" in body ? { user_id: body.user_id } : {}),
  };
}

function answer(channel: ConfirmChannel, address: ReplyAddress, reply: unknown): void {
  const { replyTo, correlationId } = address;
  try {
    channel.publish("", replyTo, Buffer.from(JSON.stringify(reply)), { correlationId });
  } catch {
    // The channel died meanwhile, and with it the broker's memory of who asked.
    return;
  }
}
