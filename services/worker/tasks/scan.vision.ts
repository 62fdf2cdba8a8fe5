import type { ClassificationResult } from "#lib/contract/classification.ts";
import { ScanMessage } from "#lib/contract/scan-message.ts";
import type { Delivery, Task } from "#lib/contract/task.ts";
import { type EndScanDeps, failScan } from "../end-scan.ts";
import type { Model, Photo } from "../model.ts";
import { readMessage } from "../read-message.ts";

export interface VisionDeps extends EndScanDeps {
  /** Photo behind the address: fetched safely, metadata removed, at most the model's useful size. */
  loadPhoto(url: string, signal: AbortSignal): Promise<Photo>;
  modelFor(name: string): Model;
  publishRule(message: ScanMessage, delivery: Delivery): Promise<void>;
}

/** What is on the photo? Pays a model once: a redelivery finds the checkpoint. */
export function visionTask(deps: VisionDeps): Task {
  return {
    async run(body, delivery) {
      const message = readMessage(ScanMessage, body);
      const run = { message, redrive: delivery.redrive };
      let vision = await deps.log.checkpoint(message.job_id, "vision");
      if (!vision) {
        await deps.log.announce(run, [{ stage: "vision", status: "started" }]);
        vision = await classify(deps, message, delivery.signal);
      }
      const { classification } = vision;
      await deps.log.announce(
        run,
        [{ stage: "vision", status: "completed", result: { classification } }],
        { checkpoint: { vision } },
      );
      await deps.publishRule({ ...message, vision }, delivery);
    },
    onGivenUp: failScan(deps, "vision"),
  };
}

async function classify(
  deps: VisionDeps,
  message: ScanMessage,
  signal: AbortSignal,
): Promise<ClassificationResult> {
  const photo = await deps.loadPhoto(message.image_url, signal);
  const model = deps.modelFor(message.model);
  const { question, ...seen } = await model.classify(
    { photo, userInput: message.user_input },
    signal,
  );
  const meta = { user_input: message.user_input, model: model.name, estimate: model.estimate };
  return { ...seen, meta: question === undefined ? meta : { ...meta, question } };
}
