import type { ConsumeMessage } from "amqplib";
import { Counter, Histogram } from "prom-client";
import type { Task, TaskName } from "#lib/contract/task.ts";
import { Fault } from "#lib/error/fault.ts";
import type { Logger } from "#lib/log/logger.ts";
import { type OpenSpan, runInTrace, startSpan } from "#lib/trace/span.ts";
import { isSampled, traceId } from "#lib/trace/trace-context.ts";
import type { BrokerAlarm } from "./broker-alarm.ts";
import { decideFailure, type FailureDecision } from "./decide-failure.ts";
import { parseBody } from "./parse-body.ts";
import type { Publisher } from "./publisher.ts";
import { type ReceivedHeaders, readHeaders } from "./read-headers.ts";
import { type Attempt, runTask } from "./run-task.ts";
import { sendReply } from "./send-reply.ts";
import type { Settlement } from "./settlement.ts";
import { ageS } from "./stamp.ts";
import { TASKS, type TaskLimits } from "./topology.ts";

const taskDuration = new Histogram({
  name: "eco2_task_duration_seconds",
  help: "Time from delivery to settlement, by what became of the message",
  labelNames: ["task", "outcome"],
  buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60],
});
const taskRetries = new Counter({
  name: "eco2_task_retries_total",
  help: "Messages sent to a retry queue, deferred ones included, by the fault that was the reason",
  labelNames: ["task", "reason"],
});
const queueWait = new Histogram({
  name: "eco2_queue_wait_seconds",
  help: "Time from publish to first delivery; what comes from a retry queue or a redelivery is left out",
  labelNames: ["task"],
  buckets: [0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800],
});
const deadLetters = new Counter({
  name: "eco2_dead_letters_total",
  help: "Messages this process dead-lettered, by the fault that was the reason",
  labelNames: ["task", "reason"],
});

/** From a settlement that failed to the next try. */
const settleAgainMs = 1_000;

export interface DeliveryDeps {
  readonly task: TaskName;
  readonly handler: Task;
  readonly limits: TaskLimits;
  readonly publisher: Publisher;
  readonly log: Logger;
  /** The tries that a stop may have to abort. */
  readonly running: Set<Attempt>;
  readonly alarm: BrokerAlarm;
}

/**
 * Handles one delivery, from its receipt to its settlement. A message leaves in one of three ways, each after
 * its effect: acked (done, or failed for good), sent to a retry queue, or dead-lettered. Never rejects.
 */
export async function handleDelivery(
  deps: DeliveryDeps,
  settlement: Settlement,
  message: ConsumeMessage,
  body: unknown = parseBody(message.content),
): Promise<void> {
  const { task, handler, log } = deps;
  const startedAt = performance.now();
  const received = readHeaders(message);
  observeWait(task, message, received);
  const span = startDeliverySpan(task, message, received, body);
  const isRecorded = span.traceparent !== received.traceparent;
  const headers = isRecorded ? { ...received, traceparent: span.traceparent } : received;
  const fields = {
    queue: task,
    trace_id: traceId(headers.traceparent),
    task_id: memberOf(body, "job_id"),
  };
  try {
    if (headers.fault) throw headers.fault;
    if (body === undefined) throw new Fault("MESSAGE_INVALID", { cause: new Error("not JSON") });
    const reply = await runInTrace(span.traceparent, () => runTask(handler, body, headers, deps));
    if (headers.reply) sendReply(settlement.channel, headers.reply, reply);
    settlement.ack(message);
    const duration_ms = observe(task, "done", startedAt);
    log.debug("task done", { ...fields, duration_ms });
    span.end();
  } catch (error) {
    const fault = Fault.from(error);
    const { attempt } = headers;
    const duration_ms = observe(task, fault.code, startedAt);
    // For an outage or a limit the scan says enough; a defect is looked into with its user.
    const user_id = fault.kind.onMessage === "bug" ? memberOf(body, "user_id") : undefined;
    const { code } = fault;
    span.end({ error: code });
    log.warn("task failed", { ...fields, user_id, duration_ms, code, attempt, error });
    await runInTrace(span.traceparent, () =>
      settleFailed(deps, settlement, { message, headers, body }, fault),
    );
  }
}

interface Received {
  readonly message: ConsumeMessage;
  readonly headers: ReceivedHeaders;
  /** Undefined when it could not be read. */
  readonly body: unknown;
}

/**
 * Where the message cannot be settled it stays in hand, and the settlement is tried again: requeued it would be
 * delivered at once, and run and paid again.
 */
async function settleFailed(
  deps: DeliveryDeps,
  settlement: Settlement,
  received: Received,
  fault: Fault,
): Promise<void> {
  const { task, log } = deps;
  for (let isFirst = true; isFirst || !settlement.isEnding; isFirst = false) {
    try {
      return await settleOnce(deps, settlement, received, fault);
    } catch (error) {
      const fields = { queue: task, error };
      // A bug would only meet itself again.
      if (Fault.from(error).kind.onMessage === "bug") {
        log.error("task could not be settled", fields);
        deadLetters.inc({ task, reason: Fault.from(error).code });
        return settlement.deadLetter(received.message);
      }
      log[isFirst ? "warn" : "debug"]("task could not be settled", fields);
    }
    await Bun.sleep(settleAgainMs);
  }
}

async function settleOnce(
  deps: DeliveryDeps,
  settlement: Settlement,
  received: Received,
  fault: Fault,
): Promise<void> {
  const { message, headers } = received;
  const decision = decideFailure(fault, headers, TASKS[deps.task]);
  if (decision.action === "retry-later") {
    await retryLater(deps, received, { fault, decision });
    return settlement.ack(message);
  }
  const isEnded = await endFailed(deps, received, fault);
  if (isEnded && decision.action === "dead-letter") {
    // Published, not rejected: a rejected message cannot say why. A crash in between leaves it in both places.
    await deps.publisher.deadLetter(deps.task, message.content, headers, fault);
    deadLetters.inc({ task: deps.task, reason: fault.code });
  }
  settlement.ack(message);
}

/**
 * Runs `onExhausted`. Where the store is away the message is deferred, and the fault with it: the task has failed for
 * good and must not run, and be paid, again.
 *
 * @returns false when the message is deferred.
 */
async function endFailed(deps: DeliveryDeps, received: Received, fault: Fault): Promise<boolean> {
  try {
    await exhaust(deps, received, fault);
    return true;
  } catch (error) {
    const away = Fault.from(error);
    const decision = decideFailure(away, received.headers, TASKS[deps.task]);
    if (away.kind.onMessage !== "wait" || decision.action !== "retry-later") throw error;
    const headers = { ...received.headers, fault };
    await retryLater(deps, { ...received, headers }, { fault: away, decision });
    return false;
  }
}

async function retryLater(
  { task, publisher }: DeliveryDeps,
  { message, headers }: Received,
  { fault, decision }: { fault: Fault; decision: FailureDecision & { action: "retry-later" } },
): Promise<void> {
  const { next, delayMs } = decision;
  await publisher.retryLater(task, message.content, { ...headers, ...next }, delayMs);
  taskRetries.inc({ task, reason: fault.code });
}

/** `onExhausted` has the soft limit for itself, and nobody aborts it. */
async function exhaust(
  { handler, limits }: DeliveryDeps,
  { headers, body }: Received,
  fault: Fault,
): Promise<void> {
  if (body === undefined) return;
  const signal = AbortSignal.timeout(limits.softLimitMs);
  const ended = { signal, abort: () => undefined, runsAgain: () => false };
  await handler.onExhausted?.(body, fault, { ...headers, ...ended });
}

/**
 * A message that comes again is part of the same trace: it links to the try before, whose span its header has, or to
 * whoever published it where a broker or a worker has died.
 */
function startDeliverySpan(
  task: TaskName,
  { fields: { redelivered } }: ConsumeMessage,
  { traceparent, attempt, deferrals, epoch }: ReceivedHeaders,
  body: unknown,
): OpenSpan {
  if (!isSampled(traceparent))
    return startSpan({ name: "", kind: "consumer", parent: traceparent });
  const isAgain = redelivered || attempt + deferrals + epoch > 0;
  const jobId = memberOf(body, "job_id");
  return startSpan({
    name: `process ${task}`,
    kind: "consumer",
    parent: traceparent,
    links: isAgain ? [traceparent] : [],
    attributes: {
      "messaging.system": "rabbitmq",
      "messaging.operation.type": "process",
      "messaging.destination.name": task,
      "eco2.attempt": attempt,
      "eco2.redrive": epoch,
      ...(typeof jobId === "string" ? { "eco2.job_id": jobId } : {}),
    },
  });
}

function observeWait(task: TaskName, message: ConsumeMessage, headers: ReceivedHeaders): void {
  const isFirst = headers.attempt === 0 && headers.deferrals === 0 && !message.fields.redelivered;
  const waitS = isFirst ? ageS(message) : undefined;
  if (waitS !== undefined) queueWait.observe({ task }, waitS);
}

function observe(task: TaskName, outcome: string, startedAt: number): number {
  const ms = performance.now() - startedAt;
  taskDuration.observe({ task, outcome }, ms / 1_000);
  return Math.round(ms);
}

function memberOf(body: unknown, name: string): unknown {
  return typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
}
