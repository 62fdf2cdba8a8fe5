import * as v from "valibot";
import { CatalogChange } from "#lib/contract/scan-message.ts";
import type { Logger } from "#lib/log/logger.ts";
import type { Broker } from "#lib/queue/broker.ts";
import type { Publisher } from "#lib/queue/publisher.ts";
import type { RpcClient } from "#lib/queue/rpc-client.ts";
import { CATALOG_EXCHANGE, type TaskName } from "#lib/queue/topology.ts";
import type { Catalog } from "../catalog.ts";
import type { AnswerDeps } from "../tasks/scan.answer.ts";
import type { RewardDeps } from "../tasks/scan.reward.ts";
import type { RuleDeps } from "../tasks/scan.rule.ts";
import type { VisionDeps } from "../tasks/scan.vision.ts";

/** How long a reward waits for its character. */
const matchTimeoutMs = 10_000;

type Outlets = Pick<VisionDeps, "publishRule"> &
  Pick<RuleDeps, "publishAnswer"> &
  Pick<AnswerDeps, "publishReward"> &
  Pick<RewardDeps, "match" | "grantOwnership" | "grantUserCharacter">;

/** Where each stage's message goes. A fresh message starts with no failed try; its epoch is kept. */
export function createOutlets(publisher: Publisher, rpc: RpcClient): Outlets {
  const to =
    (task: TaskName): VisionDeps["publishRule"] =>
    (message, { traceparent, redrive }) =>
      publisher.publish(task, message, { traceparent, redrive, attempt: 0 });
  const grantTo =
    (task: TaskName): RewardDeps["grantOwnership"] =>
    (grant, { traceparent, redrive }) =>
      publisher.publish(task, grant, { traceparent, redrive, attempt: 0 });
  return {
    publishRule: to("scan.rule"),
    publishAnswer: to("scan.answer"),
    publishReward: to("scan.reward"),
    grantOwnership: grantTo("character.save_ownership"),
    grantUserCharacter: grantTo("users.save_character"),
    match: (request, { traceparent }) =>
      rpc.call("character.match", request, traceparent, matchTimeoutMs),
  };
}

/**
 * Keeps the catalogue fresh over an exclusive queue that lives as long as its channel. Subscribed first,
 * then loaded, on every new channel: no change falls between. Whatever may have hidden a change closes
 * the channel, and so starts over.
 */
export async function followCatalog(broker: Broker, catalog: Catalog, log: Logger): Promise<void> {
  await broker.openChannel(async (channel) => {
    const startOver = (error: unknown): void => {
      log.warn("following the catalogue anew", { error });
      // Rejects when the channel is closed already, which is as good.
      channel.close().catch(() => undefined);
    };
    const { queue } = await channel.assertQueue("", { exclusive: true, autoDelete: true });
    await channel.bindQueue(queue, CATALOG_EXCHANGE, "");
    await channel.consume(
      queue,
      (message) => {
        if (message) apply(catalog, message.content).catch(startOver);
        else startOver(new Error("the broker has cancelled the subscription"));
      },
      { noAck: true },
    );
    await catalog.refresh();
  });
}

async function apply(catalog: Catalog, content: Buffer): Promise<void> {
  const change = readChange(content);
  // What cannot be read may have been any change: read everything again.
  await (change ? catalog.apply(change) : catalog.refresh());
}

function readChange(content: Buffer): CatalogChange | undefined {
  try {
    return v.parse(CatalogChange, JSON.parse(content.toString()));
  } catch {
    return undefined;
  }
}
