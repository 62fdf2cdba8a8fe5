import type * as v from "valibot";
import type { FinalAnswer } from "#lib/contract/answer.ts";
import { notesOf } from "#lib/contract/items/item-notes.ts";
import { readWords } from "#lib/contract/items/read-words.ts";
import { warnFirst, warningsFor } from "#lib/contract/items/safety.ts";
import { findRegulation, generalRecyclable } from "#lib/contract/regulations.ts";
import type { Delivery, Task } from "#lib/contract/task.ts";
import { RECYCLABLE } from "#lib/contract/vocabulary.ts";
import type { EndScanDeps } from "#lib/scan/end-scan.ts";
import type { ScanEvents } from "#lib/scan/scan-events.ts";
import type { ClassifiedMessage, ScanMessage } from "#lib/scan/scan-message.ts";
import { TASK_MESSAGES } from "#lib/scan/task-messages.ts";
import { failOnExhausted } from "../fail-on-exhausted.ts";
import { keepOutput } from "../keep-output.ts";
import type { CallModel } from "../models/call-with-fallback.ts";
import { fallbackAnswer } from "../models/fallback-answer.ts";
import { readMessage } from "../read-message.ts";
import { releaseOnFailure } from "../release-on-failure.ts";

export interface AnswerDeps extends EndScanDeps {
  readonly events: EndScanDeps["events"] & Pick<ScanEvents, "begin" | "release" | "emit">;
  readonly callModel: CallModel;
  publishReward(message: ScanMessage, delivery: Delivery): Promise<void>;
}

/**
 * How is it thrown away? Grounded in the regulation; without one there is nothing to ground an answer
 * in, so the fixed fallback is given and no model is paid.
 */
export function answerTask(deps: AnswerDeps): Task {
  return {
    async run(body, delivery) {
      const message = readMessage(TASK_MESSAGES["scan.answer"].message, body);
      const run = { message, epoch: delivery.epoch };
      const begun = await deps.events.begin(run, "answer");
      if (begun === "over") return;
      const answer = await releaseOnFailure(deps.events, run, "answer", delivery, async () => {
        // A checkpoint does not name its model; the event with the name was emitted before.
        const { answer: output, model } =
          begun === "begun"
            ? await compose(deps, message, delivery.signal)
            : { answer: begun.output, model: undefined };
        const result = model === undefined ? null : { model };
        const update = { stage: "answer", status: "completed", result } as const;
        const keep = () => deps.events.emit(run, update, { answer: output });
        await keepOutput(keep, delivery.signal);
        return output;
      });
      await deps.publishReward({ ...message, answer }, delivery);
    },
    onExhausted: failOnExhausted(deps, "answer"),
  };
}

/** Whatever composes it, an answer says what is dangerous first. */
async function compose(
  deps: AnswerDeps,
  message: v.InferOutput<typeof ClassifiedMessage>,
  signal: AbortSignal,
): Promise<{ answer: FinalAnswer; model?: string }> {
  const { vision, user_input: userInput } = message;
  const said = readWords(userInput);
  const warnings = warningsFor(vision, said);
  const regulation = findRegulation(vision.classification);
  if (!regulation) return { answer: warnFirst(fallbackAnswer(vision), warnings) };
  const isRecyclable = vision.classification.major_category === RECYCLABLE;
  const general = isRecyclable ? { general: generalRecyclable } : {};
  const notes = notesOf(vision, said);
  const question = { userInput, classification: vision, regulation, notes, ...general };
  const { model, output } = await deps.callModel(message, signal, (one, permit) =>
    one.answer(question, permit),
  );
  return { answer: warnFirst(output, warnings), model: model.name };
}
