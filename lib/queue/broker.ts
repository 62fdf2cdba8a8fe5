import { type AmqpConnectionManager, connect } from "amqp-connection-manager";
import type { ConfirmChannel } from "amqplib";
import type { Logger } from "#lib/log/logger.ts";
import { BootError } from "#lib/process/run-process.ts";
import { withDeadline } from "#lib/process/with-deadline.ts";
import { assertTopology } from "./assert-topology.ts";
import { gatherWrites } from "./gather-writes.ts";

/** Two missed heartbeats end a half-open connection. */
const heartbeatS = 5;
const reconnectS = 1;
const bootDeadlineMs = 8_000;
const closeDeadlineMs = 3_000;

/** One connection to RabbitMQ, restored after a loss; every channel is set up anew then. */
export interface Broker {
  isConnected(): boolean;
  /**
   * Keeps a channel open: `setup` runs on every new channel. Its value is what the channel is used by, and
   * resolves when the channel may be used.
   */
  openChannel<T>(setup: (channel: ConfirmChannel) => Promise<T>): Promise<OpenChannel<T>>;
  close(): Promise<void>;
}

export interface OpenChannel<T> {
  /** What `setup` made of the channel that is open; undefined while none is. */
  current(): T | undefined;
  /** Closes the channel for good. */
  close(): Promise<void>;
}

/**
 * Connects and asserts the topology. The library itself would wait for ever on a wrong address or
 * password, so the boot has its own deadline.
 *
 * @throws BootError naming `AMQP_URL`.
 */
export async function connectBroker(url: string, log: Logger): Promise<Broker> {
  const manager = connect([url], {
    heartbeatIntervalInSeconds: heartbeatS,
    reconnectTimeInSeconds: reconnectS,
    connectionOptions: { timeout: bootDeadlineMs, noDelay: true },
  });
  manager.on("connect", () => gatherWrites(manager.connection));
  try {
    await firstConnect(manager);
    await keepChannel(manager, assertTopology, log);
  } catch (cause) {
    void within(closeDeadlineMs, manager.close());
    throw new BootError(`AMQP_URL: ${explain(cause)}`, { cause });
  }
  manager.on("disconnect", ({ err }) => log.warn("broker connection lost", { error: err }));
  manager.on("connect", () => log.info("broker connection restored"));
  return {
    isConnected: () => manager.isConnected(),
    openChannel: (setup) => keepChannel(manager, setup, log),
    close: () => within(closeDeadlineMs, manager.close()),
  };
}

function firstConnect(manager: AmqpConnectionManager): Promise<void> {
  return new Promise((resolve, reject) => {
    let lastError: unknown = new Error("no answer");
    const timer = setTimeout(() => settle(() => reject(lastError)), bootDeadlineMs);
    const settle = (how: () => void): void => {
      clearTimeout(timer);
      manager.off("connect", onConnect);
      manager.off("connectFailed", onFailed);
      how();
    };
    const onConnect = (): void => settle(resolve);
    const onFailed = ({ err }: { err: Error }): void => {
      lastError = err;
      // A wrong password or vhost will not right itself; a broker that is still starting will.
      if (REFUSED.test(err.message)) settle(() => reject(err));
    };
    manager.on("connect", onConnect);
    manager.on("connectFailed", onFailed);
  });
}

/**
 * The library replaces a channel only when its connection is lost. One that the broker closed alone, or
 * whose setup failed, would stay dead: those are opened anew here.
 */
async function keepChannel<T>(
  manager: AmqpConnectionManager,
  setup: (channel: ConfirmChannel) => Promise<T>,
  log: Logger,
): Promise<OpenChannel<T>> {
  let isWanted = true;
  let latest: ConfirmChannel | undefined;
  let current: T | undefined;
  let isOpened = false;
  let wrapper = manager.createChannel({ confirm: true });

  async function use(channel: ConfirmChannel): Promise<void> {
    latest = channel;
    let isClosed = false;
    channel.once("close", () => {
      isClosed = true;
      // A channel that closes late says nothing about the one that took its place.
      if (latest === channel) current = undefined;
      setTimeout(() => void reopen(channel), reconnectS * 1_000);
    });
    try {
      const made = await setup(channel);
      if (!isClosed && latest === channel) current = made;
    } catch (error) {
      // The first failure is thrown to whoever opens the channel.
      if (isOpened) log.warn("channel setup failed", { error });
      // Closing it is what has it opened again.
      await channel.close().catch(() => undefined);
      throw error;
    }
  }
  async function open(): Promise<void> {
    // Without a listener a failed setup after a reconnect would crash the process.
    wrapper.on("error", () => undefined);
    await wrapper.waitForConnect();
    await wrapper.addSetup(use);
  }
  async function reopen(channel: ConfirmChannel): Promise<void> {
    // A lost connection brings a new channel by itself, now or later.
    if (!isWanted || latest !== channel || !manager.isConnected()) return;
    void within(closeDeadlineMs, wrapper.close());
    wrapper = manager.createChannel({ confirm: true });
    await open().catch(() => undefined);
  }

  await open().catch((error: unknown) => {
    isWanted = false;
    throw error;
  });
  isOpened = true;
  return {
    current: () => current,
    close: () => {
      isWanted = false;
      return within(closeDeadlineMs, wrapper.close());
    },
  };
}

/** Every close gets a deadline: on a dead connection the library waits for an answer for ever. */
async function within(deadlineMs: number, work: Promise<unknown>): Promise<void> {
  await withDeadline(deadlineMs, work).catch(() => undefined);
}

/** The second is how the library reports a vhost that does not exist or is not ours. */
const REFUSED = /ACCESS.REFUSED|Expected ConnectionOpenOk/;

function explain(cause: unknown): string {
  const error = cause instanceof Error ? cause : new Error(String(cause));
  const code = "code" in error ? String(error.code) : "";
  return `RabbitMQ cannot be used (${[code, error.message].filter(Boolean).join(": ")})`;
}
