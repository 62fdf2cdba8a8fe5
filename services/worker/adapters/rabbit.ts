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
 * Keeps the catalogue fresh over an exclusive queue that lives as long as its connection. Subscribed
 * first, then loaded, on every (re)connect: no change falls between.
 */
export async function followCatalog(broker: Broker, catalog: Catalog, log: Logger): Promise<void> {
  await broker.openChannel(async (channel) => {
    const { queue } = await channel.assertQueue("", { exclusive: true, autoDelete: true });
    await channel.bindQueue(queue, CATALOG_EXCHANGE, "");
    await channel.consume(
      queue,
      (message) => {
        if (message) apply(catalog, message.content, log);
      },
      { noAck: true },
    );
    await catalog.refresh();
  });
}

function apply(catalog: Catalog, content: Buffer, log: Logger): void {
  Promise.resolve()
    .then(() => catalog.apply(v.parse(CatalogChange, JSON.parse(content.toString()))))
    // What cannot be read may have been any change: read everything again.
    .catch(() => catalog.refresh())
    .catch((error: unknown) => log.error("catalogue is stale", { error }));
}
