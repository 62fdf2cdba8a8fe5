import type { Delivery, TaskName } from "#lib/contract/task.ts";
import type { Fault } from "#lib/error/fault.ts";
import type { Broker } from "./broker.ts";
import { ConfirmedChannel, confirmTimeoutMs, type ReplyAddress } from "./confirmed-channel.ts";
import { DEAD_LETTER_EXCHANGE, RETRY_DELAYS_MS, type RetryQueue, TASKS } from "./topology.ts";
import { unavailable } from "./unavailable.ts";

/** Of a dead letter: the code of its fault. One that the broker dead-lettered has none. */
export const deathCodeHeader = "x-death-code";

/** Message headers of Eco²; everything else about a message is in its body. */
export type MessageHeaders = Omit<Delivery, "signal" | "abort" | "runsAgain">;

export interface Publisher {
  /**
   * Resolves when the broker has the message safely in a queue.
   *
   * @throws Fault `UNAVAILABLE` when it said no, did not answer in time or is away. One that `isUnconfirmed`
   * may come to its queue all the same: whoever receives it must be idempotent.
   */
  publish(task: TaskName, body: unknown, headers: MessageHeaders): Promise<void>;
  /** Sends a message to a retry queue, from which it returns to the queue of `task`. */
  retryLater(
    task: TaskName,
    content: Buffer,
    headers: MessageHeaders & {
      readonly deferrals: number;
      /** What it failed with for good; its end is still to be stored. */
      readonly fault?: Fault | undefined;
      readonly reply: ReplyAddress | undefined;
    },
    delayMs: number,
  ): Promise<void>;
  /** Sends a message to the dead letters of `task`, with what it failed with for good. */
  deadLetter(
    task: TaskName,
    content: Buffer,
    headers: MessageHeaders,
    fault: Pick<Fault, "code">,
  ): Promise<void>;
  /** Tells every process; nobody listening is fine. */
  broadcast(exchange: string, body: unknown): Promise<void>;
  isReady(): boolean;
  /**
   * Resolves when the broker takes what this process publishes; for readiness. It says nothing of its alarm to who
   * only waits for something to publish, so a message is published, which comes to no queue: one at a time, however
   * often it is asked.
   */
  checkWritable(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A publisher with confirms. It never buffers while the broker is away: it uses the channel that is open,
 * and a lost channel rejects what was in flight. Whether it waits for an alarm, its broker says.
 */
export async function createPublisher(broker: Broker): Promise<Publisher> {
  const open = () => broker.openChannel(async (channel) => new ConfirmedChannel(channel, broker));
  let channels = await open();
  let replacing: Promise<void> | undefined;
  let checking: Promise<void> | undefined;

  async function replace(): Promise<void> {
    const refused = channels;
    channels = await open();
    // Publishes to other queues may still await their confirms there.
    await Bun.sleep(confirmTimeoutMs);
    await refused.close();
  }
  const send: ConfirmedChannel["send"] = async (...message) => {
    const confirmed = channels.current();
    if (!confirmed) throw unavailable("no channel");
    try {
      await confirmed.send(...message);
    } catch (error) {
      if (confirmed.isRefused && confirmed === channels.current()) {
        replacing ??= replace().finally(() => (replacing = undefined));
        replacing.catch(() => undefined);
      }
      throw error;
    }
  };
  return {
    publish: (task, body, headers) =>
      send(TASKS[task].exchange, task, Buffer.from(JSON.stringify(body)), {
        mandatory: true,
        headers: wireHeaders(headers),
      }),
    retryLater: (task, content, headers, delayMs) =>
      send(retryQueue(delayMs), task, content, {
        mandatory: true,
        headers: {
          ...wireHeaders(headers),
          "x-waits": headers.deferrals,
          ...(headers.fault
            ? { "x-fault": headers.fault.code, "x-fault-detail": headers.fault.detail }
            : {}),
        },
        ...headers.reply,
      }),
    deadLetter: (task, content, headers, { code }) =>
      send(DEAD_LETTER_EXCHANGE, task, content, {
        mandatory: true,
        // Not `x-fault`: whoever moves it back by hand wants it to run.
        headers: { ...wireHeaders(headers), [deathCodeHeader]: code },
      }),
    broadcast: (exchange, body) =>
      send(exchange, "", Buffer.from(JSON.stringify(body)), { mandatory: false }),
    isReady: () => channels.current() !== undefined && broker.isConnected() && !broker.alarm.isOn,
    checkWritable: () => {
      checking ??= send("", "nowhere", Buffer.alloc(0), { mandatory: false }).finally(() => {
        checking = undefined;
      });
      return checking;
    },
    close: () => channels.close(),
  };
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
