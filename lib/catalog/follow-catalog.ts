import * as v from "valibot";
import { CatalogChange } from "#lib/contract/character-message.ts";
import type { Logger } from "#lib/log/logger.ts";
import type { Broker } from "#lib/queue/broker.ts";
import { CATALOG_EXCHANGE } from "#lib/queue/topology.ts";
import type { Catalog } from "./catalog.ts";

/** Changes are rare and the table is small: this costs a process one short query. */
const rereadEveryDefaultMs = 30_000;

/**
 * Keeps the catalogue fresh over an exclusive queue that lives as long as its channel. Every new channel
 * subscribes before it loads, so that no change is missed in between. Whatever may have hidden a change
 * closes the channel, which opens a new one.
 *
 * A change that was committed and never broadcast, because the broker was away or its writer died, leaves
 * no trace: so everything is read again every `rereadEveryMs`, broker or not.
 *
 * @returns a function that stops the rereading; the subscription ends with the broker.
 */
export async function followCatalog(
  broker: Broker,
  catalog: Catalog,
  log: Logger,
  { rereadEveryMs = rereadEveryDefaultMs } = {},
): Promise<() => void> {
  await broker.openChannel(async (channel) => {
    const restart = (error: unknown): void => {
      log.warn("catalogue subscription restarted", { error });
      // Rejects when the channel is closed already.
      channel.close().catch(() => undefined);
    };
    const { queue } = await channel.assertQueue("", { exclusive: true, autoDelete: true });
    await channel.bindQueue(queue, CATALOG_EXCHANGE, "");
    await channel.consume(
      queue,
      (message) => {
        if (message) apply(catalog, message.content).catch(restart);
        else restart(new Error("the broker has cancelled the subscription"));
      },
      { noAck: true },
    );
    await catalog.refresh();
  });
  const timer = setInterval(() => {
    catalog.refresh().catch((error: unknown) => log.warn("catalogue not read", { error }));
  }, rereadEveryMs);
  return () => clearInterval(timer);
}

async function apply(catalog: Catalog, content: Buffer): Promise<void> {
  const change = readChange(content);
  // An unreadable message may have been any change: read everything again.
  await (change ? catalog.apply(change) : catalog.refresh());
}

function readChange(content: Buffer): CatalogChange | undefined {
  try {
    return v.parse(CatalogChange, JSON.parse(content.toString()));
  } catch {
    return undefined;
  }
}
