import type { TaskName } from "#lib/contract/task.ts";
import { Fault } from "#lib/error/fault.ts";
import type { Broker } from "./broker.ts";
import { parseBody } from "./parse-body.ts";
import { probeHeaders } from "./probe-retry-queues.ts";
import { stamp } from "./stamp.ts";
import { type RetryQueue, TASKS } from "./topology.ts";

export interface RpcClient {
  /**
   * Sends a request and resolves with the parsed reply.
   *
   * @throws Fault `UNAVAILABLE` for a reply that is not JSON, and when none came within `timeoutMs`, in
   * which an alarm that the broker's process waits for does not count.
   */
  call(task: TaskName, body: unknown, traceparent: string, timeoutMs: number): Promise<unknown>;
  /**
   * Sends a probe through a retry queue to a task, whose consumer replies to it.
   *
   * @throws Fault `UNAVAILABLE` when it has not returned within `timeoutMs`.
   */
  probe(queue: RetryQueue, task: TaskName, timeoutMs: number): Promise<void>;
  close(): Promise<void>;
}

interface Pending {
  resolve(reply: unknown): void;
  reject(fault: Fault): void;
}

/** RPC by direct reply-to: replies come back on the channel that asked, without a queue of their own. */
export async function createRpcClient(
  broker: Pick<Broker, "openChannel" | "alarm">,
): Promise<RpcClient> {
  const pending = new Map<string, Pending>();
  let lastId = 0;

  const { current, close } = await broker.openChannel(async (channel) => {
    await channel.consume(
      "amq.rabbitmq.reply-to",
      (message) => {
        if (!message) return;
        const waiting = pending.get(String(message.properties.correlationId));
        const reply = parseBody(message.content);
        // Nothing may be thrown in here: the driver would close the connection, for everybody on it.
        if (reply === undefined) waiting?.reject(noReply("a reply that is not JSON"));
        else waiting?.resolve(reply);
      },
      { noAck: true },
    );
    // Replies to a closed channel never arrive.
    channel.on("close", () => {
      for (const { reject } of pending.values()) reject(noReply("channel closed"));
    });
    return channel;
  });

  async function request(
    exchange: string,
    key: string,
    content: Buffer,
    { timeoutMs, ...options }: RequestOptions,
  ): Promise<unknown> {
    const channel = current();
    if (!channel) throw noReply("no channel");
    if (broker.alarm.isRefusing) throw noReply("the broker has an alarm");
    const correlationId = String(++lastId);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    pending.set(correlationId, { resolve, reject });
    const timer = broker.alarm.timer(timeoutMs, "fails", () => reject(noReply("timeout")));
    try {
      const reply = { replyTo: "amq.rabbitmq.reply-to", correlationId };
      channel.publish(exchange, key, content, { ...options, ...reply, ...stamp() });
      return await promise;
    } finally {
      broker.alarm.callOff(timer);
      pending.delete(correlationId);
    }
  }

  return {
    call: (task, body, traceparent, timeoutMs) =>
      request(TASKS[task].exchange, task, Buffer.from(JSON.stringify(body)), {
        headers: { traceparent },
        // Worthless once nobody waits for it any more.
        expiration: timeoutMs,
        timeoutMs,
      }),
    probe: async (queue, task, timeoutMs) => {
      // Due at once, and not after the delay of the queue.
      const options = { headers: probeHeaders, expiration: 1, timeoutMs };
      await request(queue, task, Buffer.from("{}"), options);
    },
    close,
  };
}

interface RequestOptions {
  readonly headers: Readonly<Record<string, unknown>>;
  /** Milliseconds. */
  readonly expiration: number;
  readonly timeoutMs: number;
}

function noReply(reason: string): Fault {
  return new Fault("UNAVAILABLE", { cause: new Error(`RPC: ${reason}`) });
}
