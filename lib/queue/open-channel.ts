import type { AmqpConnectionManager } from "amqp-connection-manager";
import type { ConfirmChannel } from "amqplib";
import type { Logger } from "#lib/log/logger.ts";
import { withDeadline } from "#lib/process/with-deadline.ts";
import { ENSURE, type TopologyMode } from "./assert-topology.ts";

/** A channel that is opened anew whenever it was lost. */
export interface OpenChannel<T> {
  /** What `setup` made of the channel that is open; undefined while none is. */
  current(): T | undefined;
  /** Closes the channel for good. */
  close(): Promise<void>;
}

const closeDeadlineMs = 3_000;
/** From the loss of a channel to the next one; doubles while channels do not live. */
const reopenMsMin = 1_000;
const reopenMsMax = 5_000;
/** A channel that lived so long was well. */
const wellAfterMs = 10_000;

/**
 * Opens a channel, and another one whenever it is lost. The library does so only when the connection is lost; a
 * channel that the broker closed alone, or whose setup failed, would stay dead. Exchanges are declared first, so
 * that one which was deleted comes back with the first channel that it has cost; where others declare them, it is
 * waited for.
 *
 * @throws what `setup` throws on the first channel.
 */
export async function openChannel<T>(
  manager: AmqpConnectionManager,
  setup: (channel: ConfirmChannel) => Promise<T>,
  log: Logger,
  topology: TopologyMode = "declare",
): Promise<OpenChannel<T>> {
  let isWanted = true;
  let latest: ConfirmChannel | undefined;
  let current: T | undefined;
  let isOpened = false;
  let failures = 0;
  let wrapper = manager.createChannel({ confirm: true });

  async function use(channel: ConfirmChannel): Promise<void> {
    latest = channel;
    const openedAt = performance.now();
    let isClosed = false;
    // Without a listener the library would take the broker's complaint about one channel for a failure of its
    // connection, and close that for all.
    channel.on("error", (error) => isOpened && log.warn("channel closed by the broker", { error }));
    channel.once("close", () => {
      isClosed = true;
      // A channel that closes late says nothing about the one that took its place.
      if (latest === channel) current = undefined;
      failures = performance.now() - openedAt > wellAfterMs ? 0 : failures + 1;
      const delayMs = Math.min(reopenMsMin * 2 ** Math.max(0, failures - 1), reopenMsMax);
      setTimeout(() => void reopen(channel), delayMs);
    });
    try {
      await ENSURE[topology].exchanges(channel);
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
export async function within(deadlineMs: number, work: Promise<unknown>): Promise<void> {
  await withDeadline(deadlineMs, work).catch(() => undefined);
}
