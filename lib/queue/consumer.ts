import type { ConfirmChannel, ConsumeMessage } from "amqplib";
import { Histogram } from "prom-client";
import type { Task } from "#lib/contract/task.ts";
import { Fault } from "#lib/error/fault.ts";
import type { Logger } from "#lib/log/logger.ts";
import { traceId } from "#lib/trace/trace-context.ts";
import type { Broker } from "./broker.ts";
import type { MessageHeaders, Publisher, ReplyAddress } from "./publisher.ts";
import { type ReceivedHeaders, readHeaders } from "./read-headers.ts";
import { RETRY_DELAYS_MS, TASKS, type TaskName } from "./topology.ts";

export interface Consumer {
  /** True while the broker really delivers to us; a connection alone proves nothing. */
  isConsuming(): boolean;
  /** Takes no new message, lets the ones in flight finish, gives back what outlives the deadline. */
  stop(deadlineMs: number): Promise<void>;
}

const taskDuration = new Histogram({
  name: "eco2_task_duration_seconds",
  help: "Time from delivery to settlement, by what became of the message",
  labelNames: ["task", "outcome"],
  buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60],
});

const reconsumeDelayMs = 1_000;

/**
 * Consumes one task's queue. A message leaves only in one of four ways, each after its effect:
 * acked (done, or failed for good), given back through a wait queue, or dead-lettered.
 */
export async function consume(
  task: TaskName,
  handler: Task,
  deps: { broker: Broker; publisher: Publisher; log: Logger },
): Promise<Consumer> {
  const consumer = new QueueConsumer(task, handler, deps.publisher, deps.log);
  consumer.closeChannel = await deps.broker.openChannel((channel) => consumer.start(channel));
  return consumer;
}

class QueueConsumer implements Consumer {
  readonly #task: TaskName;
  readonly #handler: Task;
  readonly #publisher: Publisher;
  readonly #log: Logger;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  #active: { channel: ConfirmChannel; tag: string } | undefined;
  #cancelled = false;
  closeChannel: () => Promise<void> = async () => undefined;

  constructor(task: TaskName, handler: Task, publisher: Publisher, log: Logger) {
    this.#task = task;
    this.#handler = handler;
    this.#publisher = publisher;
    this.#log = log;
  }

  isConsuming(): boolean {
    return this.#active !== undefined;
  }

  async start(channel: ConfirmChannel): Promise<void> {
    if (this.#cancelled) return;
    // Per consumer, not global: quorum queues refuse global QoS.
    await channel.prefetch(TASKS[this.#task].prefetch, false);
    channel.on("close", () => {
      if (this.#active?.channel === channel) this.#active = undefined;
    });
    await this.#subscribe(channel);
  }

  async #subscribe(channel: ConfirmChannel): Promise<void> {
    const { consumerTag } = await channel.consume(this.#task, (message) => {
      if (message === null) this.#resubscribe(channel);
      else this.#accept(channel, message);
    });
    this.#active = { channel, tag: consumerTag };
  }

  /** The broker cancelled us (queue moved or deleted): the library would stay silent for ever. */
  #resubscribe(channel: ConfirmChannel): void {
    this.#active = undefined;
    if (this.#cancelled) return;
    this.#log.warn("consumer cancelled by the broker", { queue: this.#task });
    setTimeout(() => {
      // A failed try closes the channel, and the new channel subscribes by itself.
      this.#subscribe(channel).catch(() => undefined);
    }, reconsumeDelayMs);
  }

  #accept(channel: ConfirmChannel, message: ConsumeMessage): void {
    const work = this.#handle(channel, message).finally(() => this.#inFlight.delete(work));
    this.#inFlight.add(work);
  }

  async #handle(channel: ConfirmChannel, message: ConsumeMessage): Promise<void> {
    const headers = readHeaders(message);
    const stop = taskDuration.startTimer({ task: this.#task });
    const fields: Record<string, unknown> = {
      queue: this.#task,
      trace_id: traceId(headers.traceparent),
    };
    try {
      const body = parse(message);
      Object.assign(fields, owner(body));
      const reply = await this.#run(body, headers);
      if (headers.reply) answer(channel, headers.reply, reply);
      settle(() => channel.ack(message));
      const duration_ms = Math.round(stop({ outcome: "done" }) * 1_000);
      this.#log.debug("task done", { ...fields, duration_ms });
    } catch (error) {
      const fault = Fault.from(error);
      const { attempt } = headers;
      const duration_ms = Math.round(stop({ outcome: fault.code }) * 1_000);
      this.#log.warn("task failed", { ...fields, duration_ms, code: fault.code, attempt, error });
      await this.#settleFailed(channel, message, headers, fault);
    }
  }

  async #run(body: unknown, headers: MessageHeaders): Promise<unknown> {
    const { softLimitMs, hardLimitMs } = TASKS[this.#task];
    const soft = new AbortController();
    const timeout = new Fault("TASK_TIMEOUT");
    const softTimer = setTimeout(() => soft.abort(timeout), softLimitMs);
    let hardTimer: ReturnType<typeof setTimeout> | undefined;
    // A handler that ignores its signal is left behind: its effects are idempotent.
    const hard = new Promise<never>((_, reject) => {
      hardTimer = setTimeout(() => reject(timeout), hardLimitMs);
    });
    const signal = AbortSignal.any([soft.signal, this.#stopping.signal]);
    try {
      const work = this.#handler.run(body, { ...headers, signal });
      return await Promise.race([work, hard]);
    } finally {
      clearTimeout(softTimer);
      clearTimeout(hardTimer);
    }
  }

  async #settleFailed(
    channel: ConfirmChannel,
    message: ConsumeMessage,
    headers: ReceivedHeaders,
    fault: Fault,
  ): Promise<void> {
    try {
      const delayMs = this.#retryDelay(fault, headers.attempt);
      if (delayMs !== undefined) {
        const attempt = headers.attempt + (fault.kind.onMessage === "retry" ? 1 : 0);
        const next = { ...headers, attempt };
        await this.#publisher.giveBack(this.#task, message.content, next, delayMs);
        settle(() => channel.ack(message));
        return;
      }
      const delivery = { ...headers, signal: AbortSignal.timeout(TASKS[this.#task].softLimitMs) };
      await this.#handler.onGivenUp?.(parse(message), fault, delivery);
      if (fault.kind.onMessage === "fail") settle(() => channel.ack(message));
      else settle(() => channel.reject(message, false));
    } catch (error) {
      const cause = Fault.from(error);
      this.#log.error("task could not be settled", { queue: this.#task, error });
      // Broker or store are away: the message must stay. What cannot even be parsed is for a person.
      const requeue = cause.kind.onMessage !== "bug";
      settle(() => channel.nack(message, false, requeue));
    }
  }

  /** Undefined when no further try is to be made. */
  #retryDelay(fault: Fault, attempt: number): number | undefined {
    if (fault.kind.onMessage === "wait") return fault.retryAfterMs ?? RETRY_DELAYS_MS["retry.1s"];
    if (fault.kind.onMessage !== "retry" || attempt >= TASKS[this.#task].retriesMax)
      return undefined;
    const backoff = Object.values(RETRY_DELAYS_MS)[attempt] ?? RETRY_DELAYS_MS["retry.30s"];
    return Math.max(backoff, fault.retryAfterMs ?? 0);
  }

  async stop(deadlineMs: number): Promise<void> {
    this.#cancelled = true;
    const active = this.#active;
    this.#active = undefined;
    if (active) await active.channel.cancel(active.tag).catch(() => undefined);
    const timer = setTimeout(
      () => this.#stopping.abort(new Fault("UNAVAILABLE", { detail: "stopping" })),
      deadlineMs,
    );
    await Promise.all(this.#inFlight);
    clearTimeout(timer);
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
  settle(() => channel.publish("", replyTo, Buffer.from(JSON.stringify(reply)), { correlationId }));
}

/** A channel that died meanwhile throws here; the broker has requeued its messages already. */
function settle(operation: () => unknown): void {
  try {
    operation();
  } catch {
    return;
  }
}
