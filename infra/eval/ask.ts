import type { ClassificationResult } from "#lib/contract/classification.ts";
import { createScanFixture, delivery, message } from "../../services/worker/scan-fixture.ts";
import { answerTask } from "../../services/worker/tasks/scan.answer.ts";
import { ruleTask } from "../../services/worker/tasks/scan.rule.ts";
import { visionTask } from "../../services/worker/tasks/scan.vision.ts";
import type { Question } from "./judge.ts";
import type { OpenModel } from "./open-model.ts";
import { loadPhoto } from "./photo.ts";

export interface Asked {
  readonly vision: ClassificationResult;
  readonly answer: string;
}

/** One question through the tasks of a scan, as a worker runs them, without queues and stores. */
export async function ask(
  { model, run }: OpenModel,
  { say, photo }: Pick<Question, "say" | "photo">,
): Promise<Asked> {
  const { deps, messages } = createScanFixture();
  const stage: typeof deps = {
    ...deps,
    loadPhoto: () => loadPhoto(photo),
    callModel: async (_, signal, call) => ({ model, output: await call(model, { signal, run }) }),
  };
  await visionTask(stage).run({ ...message, user_input: say, model: model.name }, delivery);
  await ruleTask(stage).run(messages.at(-1), delivery);
  await answerTask(stage).run(messages.at(-1), delivery);
  const { vision, answer } = messages.at(-1) ?? {};
  if (!vision || !answer) throw new Error(`no answer to ${say}`);
  return { vision, answer: answer.user_answer };
}
