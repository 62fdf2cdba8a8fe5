import type * as v from "valibot";
import type { FinalAnswer } from "#lib/contract/answer.ts";
import { findRegulation, generalRecyclable } from "#lib/contract/regulations.ts";
import { ClassifiedMessage, type ScanMessage } from "#lib/contract/scan-message.ts";
import type { Delivery, Task } from "#lib/contract/task.ts";
import { RECYCLABLE } from "#lib/contract/vocabulary.ts";
import { type EndScanDeps, failScan } from "../end-scan.ts";
import { fallbackAnswer } from "../fallback-answer.ts";
import type { Model } from "../model.ts";
import { readMessage } from "../read-message.ts";

export interface AnswerDeps extends EndScanDeps {
  modelFor(name: string): Model;
  publishReward(message: ScanMessage, delivery: Delivery): Promise<void>;
}

/**
 * How is it thrown away? Grounded in the regulation; without one there is nothing to ground an answer
 * in, so the fixed fallback is given and no model is paid.
 */
export function answerTask(deps: AnswerDeps): Task {
  return {
    async run(body, delivery) {
      const message = readMessage(ClassifiedMessage, body);
      const run = { message, redrive: delivery.redrive };
      let answer = await deps.log.checkpoint(message.job_id, "answer");
      if (!answer) {
        await deps.log.announce(run, [{ stage: "answer", status: "started" }]);
        answer = await compose(deps, message, delivery.signal);
      }
      await deps.log.announce(run, [{ stage: "answer", status: "completed" }], {
        checkpoint: { answer },
      });
      await deps.publishReward({ ...message, answer }, delivery);
    },
    onGivenUp: failScan(deps, "answer"),
  };
}

async function compose(
  deps: AnswerDeps,
  { vision, user_input: userInput, model }: v.InferOutput<typeof ClassifiedMessage>,
  signal: AbortSignal,
): Promise<FinalAnswer> {
  const regulation = findRegulation(vision.classification);
  if (!regulation) return fallbackAnswer(vision);
  const isRecyclable = vision.classification.major_category === RECYCLABLE;
  const general = isRecyclable ? { general: generalRecyclable } : {};
  const question = { userInput, classification: vision, regulation, ...general };
  return deps.modelFor(model).answer(question, signal);
}
