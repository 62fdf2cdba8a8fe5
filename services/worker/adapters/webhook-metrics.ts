import { Counter, Histogram } from "prom-client";
import type { DeliverDeps } from "../webhooks/deliver.ts";

const attempts = new Counter({
  name: "eco2_webhook_attempts_total",
  help: "Attempts to deliver to a webhook, by outcome: delivered, or why it failed",
  labelNames: ["outcome"],
});
const late = new Histogram({
  name: "eco2_webhook_late_seconds",
  help: "From when an attempt to deliver to a webhook was due to its end",
  buckets: [0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800],
});
const disabled = new Counter({
  name: "eco2_webhooks_disabled_total",
  help: "Webhooks that were disabled after days of failures, or by their receiver",
});

export function observeWebhooks(
  clock: DeliverDeps["clock"],
): Pick<DeliverDeps, "onAttempt"> & { onDisabled(): void } {
  return {
    onAttempt: ({ dueAt }, { failure }) => {
      attempts.inc({ outcome: failure ?? "delivered" });
      late.observe(Math.max(0, clock.now() - dueAt) / 1_000);
    },
    onDisabled: () => disabled.inc(),
  };
}
