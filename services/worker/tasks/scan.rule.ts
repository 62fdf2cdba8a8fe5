import { findRegulation } from "#lib/contract/regulations.ts";
import type { Delivery, Task } from "#lib/contract/task.ts";
import type { EndScanDeps } from "#lib/scan/end-scan.ts";
import type { ScanEvents } from "#lib/scan/scan-events.ts";
import type { ScanMessage } from "#lib/scan/scan-message.ts";
import { TASK_MESSAGES } from "#lib/scan/task-messages.ts";
import { failOnExhausted } from "../fail-on-exhausted.ts";
import { readMessage } from "../read-message.ts";

export interface RuleDeps extends EndScanDeps {
  readonly events: EndScanDeps["events"] & Pick<ScanEvents, "emitUnlessCancelled">;
  publishAnswer(message: ScanMessage, delivery: Delivery): Promise<void>;
}

/**
 * Which regulation applies? A lookup by validated category. The regulation itself does not travel:
 * the answer stage and the result find it by the same category.
 */
export function ruleTask(deps: RuleDeps): Task {
  return {
    async run(body, delivery) {
      const message = readMessage(TASK_MESSAGES["scan.rule"].message, body);
      const regulation = findRegulation(message.vision.classification);
      const result = { regulation: regulation?.key ?? null };
      const run = { message, epoch: delivery.epoch };
      const update = { stage: "rule", status: "completed", result } as const;
      await deps.events.emitUnlessCancelled(run, update);
      await deps.publishAnswer(message, delivery);
    },
    onExhausted: failOnExhausted(deps, "rule"),
  };
}
