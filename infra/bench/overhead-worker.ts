import type { FinalAnswer } from "#lib/contract/answer.ts";
import type { ModelClassification } from "#lib/contract/classification.ts";
import { runProcess } from "#lib/process/run-process.ts";
import { WorkerConfig } from "../../services/worker/config.ts";
import { startWorker } from "../../services/worker/main.ts";
import type { Outside } from "../../services/worker/main-outside.ts";
import { askModels } from "../../services/worker/models/ask-models.ts";
import type { Model } from "../../services/worker/models/model.ts";

/**
 * The worker as it is, but for what it reaches beyond our own services: the model answers at once, and
 * the photo is there. Consumes nothing until told: `{ intake }` over IPC sets it for every queue.
 */
await runProcess("worker", WorkerConfig, (given) => startWorker(given, () => instantOutside()));

function instantOutside(): Outside {
  const photo = { bytes: new Uint8Array(0), mime: "image/jpeg" } as const;
  return {
    ask: askModels(() => [instantModel], { now: Date.now }),
    loadPhoto: async () => photo,
    pace(consumers) {
      const set = (intake: number) =>
        Promise.all(consumers.values().map((consumer) => consumer.setPrefetch(intake)));
      process.on("message", ({ intake }: { intake: number }) => {
        void set(intake).then(() => process.send?.({ intake }));
      });
      void set(0).then(() => process.send?.({ intake: 0 }));
    },
  };
}

/** A clean bottle with nothing left to do: the scan that earns a character, and so takes every step. */
const classification: ModelClassification = {
  classification: {
    major_category: "재활용폐기물",
    middle_category: "무색페트병",
    minor_category: "생수병",
  },
  situation_tags: ["내용물_없음", "비닐_라벨_완전_제거됨"],
};
const answer: FinalAnswer = {
  disposal_steps: { 단계1: "찌그러뜨려 뚜껑을 닫아요.", 단계2: "투명 페트병 수거함에 넣어요." },
  insufficiencies: [],
  user_answer: "투명 페트병 수거함에 넣어 주세요.",
};
const instantModel: Model = {
  name: "instant",
  estimate: false,
  classify: async () => classification,
  answer: async () => answer,
};
