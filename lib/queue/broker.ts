import { type AmqpConnectionManager, connect } from "amqp-connection-manager";
import type { ConfirmChannel } from "amqplib";
import type { Logger } from "#lib/log/logger.ts";
import { BootError } from "#lib/process/run-process.ts";
import { assertTopology, type TopologyMode } from "./assert-topology.ts";
import { BrokerAlarm } from "./broker-alarm.ts";
import { gatherWrites } from "./gather-writes.ts";
import { type OpenChannel, openChannel, within } from "./open-channel.ts";

/** Two missed heartbeats end a half-open connection. */
const heartbeatS = 5;
const reconnectS = 1;
const bootDeadlineMs = 8_000;
const closeDeadlineMs = 3_000;

/** One connection to RabbitMQ, restored after a loss; every channel is set up anew then. */
export interface Broker {
  isConnected(): boolean;
  readonly alarm: BrokerAlarm;
  readonly topology: TopologyMode;
  /**
   * Keeps a channel open: `setup` runs on every new channel. Its value is what the channel is used by, and
   * resolves when the channel may be used.
   */
  openChannel<T>(setup: (channel: ConfirmChannel) => Promise<T>): Promise<OpenChannel<T>>;
  close(): Promise<void>;
}

interface BrokerOptions {
  readonly waitsForAlarm?: boolean;
  readonly topology?: TopologyMode;
}

/**
 * Connects and makes sure of the topology. The library itself would wait for ever on a wrong address or
 * password, so the boot has its own deadline.
 *
 * @param options `waitsForAlarm`: publishes take as long as an alarm of the broker does; by default they are
 * refused while one is on; `topology`: whether exchanges and queues are declared here, or only looked for
 * @throws BootError naming `AMQP_URL`.
 */
export async function connectBroker(
  url: string,
  log: Logger,
  { waitsForAlarm = false, topology = "declare" }: BrokerOptions = {},
): Promise<Broker> {
  const manager = connect([url], {
    heartbeatIntervalInSeconds: heartbeatS,
    reconnectTimeInSeconds: reconnectS,
    connectionOptions: { timeout: bootDeadlineMs, noDelay: true },
  });
  manager.on("connect", () => gatherWrites(manager.connection));
  try {
    await firstConnect(manager);
    await openChannel(manager, (channel) => assertTopology(channel, topology), log, topology);
  } catch (cause) {
    void within(closeDeadlineMs, manager.close());
    const text = explain(cause);
    throw new BootError(`AMQP_URL: ${text}`, { cause, mayPass: !REFUSED.test(text) });
  }
  manager.on("disconnect", ({ err }) => log.warn("broker connection lost", { error: err }));
  manager.on("connect", () => log.info("broker connection restored"));
  return {
    isConnected: () => manager.isConnected(),
    alarm: followAlarm(manager, log, waitsForAlarm),
    topology,
    openChannel: (setup) => openChannel(manager, setup, log, topology),
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

/** The broker tells a connection of its alarm when that connection publishes, and of its end. */
function followAlarm(manager: AmqpConnectionManager, log: Logger, waits: boolean): BrokerAlarm {
  const alarm = new BrokerAlarm({ waits });
  manager.on("blocked", ({ reason }) => {
    log.warn("broker takes no publishes", { reason });
    alarm.raise();
  });
  manager.on("unblocked", () => {
    log.info("broker takes publishes again");
    alarm.clear();
  });
  manager.on("disconnect", () => alarm.clear());
  return alarm;
}

/**
 * The second is how the library reports a vhost that does not exist or is not ours; the numbers are of what this user
 * may not declare, and of what is there with other arguments.
 */
const REFUSED = /ACCESS.REFUSED|Expected ConnectionOpenOk|\b40[36]\b/;

function explain(cause: unknown): string {
  const error = cause instanceof Error ? cause : new Error(String(cause));
  const code = "code" in error ? String(error.code) : "";
  return `RabbitMQ cannot be used (${[code, error.message].filter(Boolean).join(": ")})`;
}
