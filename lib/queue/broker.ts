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

export type ChannelSetup = (channel: ConfirmChannel) => Promise<void>;

/** One connection to RabbitMQ that heals itself; channels are set up anew after every reconnect. */
export interface Broker {
  isConnected(): boolean;
  /**
   * Keeps a channel open: `setup` runs on every new channel, and resolves when the channel may be
   * used. The returned function closes it for good.
   */
  openChannel(setup: ChannelSetup): Promise<() => Promise<void>>;
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
  manager.on("connect", () => {
    const { connection = {} } = manager.connection ?? {};
    gatherWrites(Reflect.get(connection, "stream"));
  });
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
async function keepChannel(
  manager: AmqpConnectionManager,
  setup: ChannelSetup,
  log: Logger,
): Promise<() => Promise<void>> {
  let isWanted = true;
  let current: ConfirmChannel | undefined;
  let isOpened = false;
  let wrapper = manager.createChannel({ confirm: true });

  async function use(channel: ConfirmChannel): Promise<void> {
    current = channel;
    channel.once("close", () => setTimeout(() => void reopen(channel), reconnectS * 1_000));
    try {
      await setup(channel);
    } catch (error) {
      // The first time it is told to whoever opens the channel.
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
    if (!isWanted || current !== channel || !manager.isConnected()) return;
    void within(closeDeadlineMs, wrapper.close());
    wrapper = manager.createChannel({ confirm: true });
    await open().catch(() => undefined);
  }

  await open().catch((error: unknown) => {
    isWanted = false;
    throw error;
  });
  isOpened = true;
  return () => {
    isWanted = false;
    return within(closeDeadlineMs, wrapper.close());
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
