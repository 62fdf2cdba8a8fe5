import type { ClassificationResult } from "#lib/contract/classification.ts";
import { itemsVersion } from "#lib/contract/items/items-version.ts";
import type { Delivery, Task } from "#lib/contract/task.ts";
import type { EndScanDeps } from "#lib/scan/end-scan.ts";
import type { ScanEvents } from "#lib/scan/scan-events.ts";
import type { ScanMessage } from "#lib/scan/scan-message.ts";
import { TASK_MESSAGES } from "#lib/scan/task-messages.ts";
import { failOnExhausted } from "../fail-on-exhausted.ts";
import { keepOutput } from "../keep-output.ts";
import type { CallModel } from "../models/call-with-fallback.ts";
import type { Photo } from "../models/model.ts";
import { readMessage } from "../read-message.ts";
import { releaseOnFailure } from "../release-on-failure.ts";
import { type Settled, settleClassification } from "../settle-classification.ts";

export type PhotoQuestion = Pick<
  ScanMessage,
  "image_url" | "user_id" | "user_input" | "model" | "submitted_at"
>;

export interface VisionDeps extends EndScanDeps {
  readonly events: EndScanDeps["events"] & Pick<ScanEvents, "begin" | "release" | "emit">;
  /** The photo of a scan: fetched safely, metadata removed, at most the model's useful size. */
  loadPhoto(scan: Pick<ScanMessage, "image_url" | "user_id">, signal: AbortSignal): Promise<Photo>;
  readonly callModel: CallModel;
  publishRule(message: ScanMessage, delivery: Delivery): Promise<void>;
}

/** What is on the photo? Pays a model once: a redelivery finds the checkpoint. */
export function visionTask(deps: VisionDeps): Task {
  return {
    async run(body, delivery) {
      const message = readMessage(TASK_MESSAGES["scan.vision"].message, body);
      const run = { message, epoch: delivery.epoch };
      const begun = await deps.events.begin(run, "vision");
      if (begun === "over") return;
      const vision = await releaseOnFailure(deps.events, run, "vision", delivery, async () => {
        const output =
          begun === "begun" ? await classify(deps, message, delivery.signal) : begun.output;
        const { classification, meta } = output;
        const result = { classification, model: meta.model };
        const update = { stage: "vision", status: "completed", result } as const;
        const keep = () => deps.events.emit(run, update, { vision: output });
        await keepOutput(keep, delivery.signal);
        return output;
      });
      await deps.publishRule({ ...message, vision }, delivery);
    },
    onExhausted: failOnExhausted(deps, "vision"),
  };
}

/** What the photo of a question shows; also that of a conversation. */
export async function classify(
  deps: Pick<VisionDeps, "callModel" | "loadPhoto">,
  message: PhotoQuestion,
  signal: AbortSignal,
): Promise<ClassificationResult> {
  // Loaded when the model may be called, and anew for a fallback: thousands of photos would wait with it.
  const { model, output } = await deps.callModel(message, signal, async (one, permit) => {
    const photo = await deps.loadPhoto(message, signal);
    const { release } = photo;
    return one.classify({ photo, userInput: message.user_input }, permit).finally(release);
  });
  // The local model has held the words against the photo itself.
  const settled: Settled = model.estimate
    ? output
    : settleClassification(output, message.user_input);
  const { question, settledBy, ...seen } = settled;
  const meta = {
    user_input: message.user_input,
    model: model.name,
    model_version: model.version,
    items_version: itemsVersion,
    estimate: model.estimate,
    ...(question === undefined ? {} : { question }),
    ...(settledBy === undefined ? {} : { settled_by: settledBy }),
  };
  return { ...seen, meta };
}
