import { systemClock } from "#lib/clock/clock.ts";
import type { TaskName } from "#lib/contract/task.ts";
import type { Logger } from "#lib/log/logger.ts";
import { repeat } from "#lib/process/repeat.ts";
import type { ProcessScope } from "#lib/process/run-process.ts";
import { observeWebhooks } from "./adapters/webhook-metrics.ts";
import { createWebhookOutbox } from "./adapters/webhook-outbox.ts";
import { createWebhookSender } from "./adapters/webhook-sender.ts";
import type { WorkerConfig } from "./config.ts";
import type { Connections } from "./main-connections.ts";
import { createDeliverer } from "./webhooks/deliver.ts";

const lookEveryMs = 1_000;
const sweepEveryMs = 600_000;

/**
 * Sends what is due to webhooks. Every worker that fetches photos does: it is the one that may call servers of the
 * internet, and they share the outbox.
 */
export function startWebhooks(
  queues: readonly TaskName[],
  { WEBHOOK_LOOPBACK: loopback }: WorkerConfig,
  { database, log, scope }: Pick<Connections, "database"> & { log: Logger; scope: ProcessScope },
): void {
  if (!queues.includes("scan.vision")) return;
  const clock = systemClock;
  const outbox = createWebhookOutbox(database);
  const metrics = observeWebhooks(clock);
  let isFailing = false;
  const onError = (error: unknown) => {
    // Looked for every second, logged once.
    if (!isFailing) log.warn("webhooks not delivered, retrying", { error });
    isFailing = true;
  };
  const deliverer = createDeliverer({
    ...{ outbox, clock, onError, onAttempt: metrics.onAttempt, random: Math.random },
    send: createWebhookSender({ clock, loopback }),
    onDisabled: (webhookId, reason) => {
      metrics.onDisabled();
      log.info("webhook disabled", { webhook_id: webhookId, reason });
    },
  });
  const timer = repeat(async () => {
    await deliverer.look().then(() => {
      isFailing = false;
    }, onError);
  }, lookEveryMs);
  const sweeper = repeat(async () => {
    await outbox
      .sweep(clock.now())
      .catch((error: unknown) => log.warn("deliveries not swept", { error }));
  }, sweepEveryMs);
  scope.onStop("webhooks", async () => {
    await Promise.all([timer.stop(), sweeper.stop()]);
    await deliverer.stop();
  });
}
