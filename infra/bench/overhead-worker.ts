import type { FinalAnswer } from "#lib/contract/answer.ts";
import type { ModelClassification } from "#lib/contract/classification.ts";
import { TASK_NAMES } from "#lib/contract/task.ts";
import { runProcess } from "#lib/process/run-process.ts";
import { WorkerConfig } from "../../services/worker/config.ts";
import { connect } from "../../services/worker/main-connections.ts";
import { startConsumers, stopConsumers } from "../../services/worker/main-consumers.ts";
import { createScans, createTasks } from "../../services/worker/main-tasks.ts";
import { callWithFallback } from "../../services/worker/models/call-with-fallback.ts";
import type { Model } from "../../services/worker/models/model.ts";

/**
 * The worker without what it calls outside Eco²: the model responds at once, and the photo is there.
 * A message `{ prefetch }` sets that of every queue and is sent back when it is set. It is 0 to begin with,
 * so that nothing is consumed.
 */
await runProcess("worker", WorkerConfig, async ({ config, log, scope }) => {
  const connections = await connect(config, { log, scope });
  const photo = { bytes: new Uint8Array(0), mime: "image/jpeg" } as const;
  const deps = {
    connections,
    scans: createScans(config, connections),
    models: {
      call: callWithFallback(() => [instantModel], { now: Date.now }),
      followCapacity: () => undefined,
    },
    loadPhoto: async () => photo,
    log,
    scope,
  };
  const consumers = await startConsumers(TASK_NAMES, await createTasks(config, deps), deps);
  scope.onStop("consumers", () => stopConsumers(consumers, deps.connections.broker, 1_000));
  const setAll = async (prefetch: number) => {
    await Promise.all(consumers.values().map((consumer) => consumer.setPrefetch(prefetch)));
    process.send?.({ prefetch });
  };
  process.on("message", ({ prefetch }: { prefetch: number }) => void setAll(prefetch));
  await setAll(0);
});

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
