import { TASK_NAMES, type TaskName } from "#lib/contract/task.ts";
import { runProcess } from "#lib/process/run-process.ts";
import { runningMaxOf, TASKS } from "#lib/queue/topology.ts";
import { petAnswer, petClassification } from "#lib/testing/pet-bottle.ts";
import { WorkerConfig } from "../../services/worker/config.ts";
import { connect } from "../../services/worker/main-connections.ts";
import { startConsumers, stopConsumers } from "../../services/worker/main-consumers.ts";
import { createScans, createTasks } from "../../services/worker/main-tasks.ts";
import { callWithFallback } from "../../services/worker/models/call-with-fallback.ts";
import { FairTurns } from "../../services/worker/models/fair-turns.ts";
import type { Model } from "../../services/worker/models/model.ts";
import type { GuardedModel } from "../../services/worker/models/select-models.ts";
import { answerParent } from "../harness/child.ts";

/**
 * The worker without what it calls outside Eco²: the model responds at once, and the photo is there.
 * It is told the prefetch of every queue. That is 0 to begin with, so that nothing is consumed.
 */
await runProcess("worker", WorkerConfig, async ({ config, log, scope }) => {
  const connections = await connect(config, { log, scope });
  const photo = { bytes: new Uint8Array(0), mime: "image/jpeg" } as const;
  const deps = {
    connections,
    scans: createScans(config, connections, log),
    models: {
      call: callWithFallback(() => [{ model: instantModel, guard: unguarded }], { now: Date.now }),
      hasChat: () => false,
      limitsOf: () => TASKS["scan.vision"],
      followCapacity: () => undefined,
      createTurns: (task: TaskName) =>
        new FairTurns({ costOf: () => 1, runningMax: runningMaxOf(task) }),
    },
    loadPhoto: async () => photo,
    hashPhoto: async () => "0000000000000000",
    log,
    scope,
  };
  const consumers = await startConsumers(TASK_NAMES, await createTasks(config, deps), deps);
  scope.onStop("consumers", () => stopConsumers(consumers, deps.connections.broker, 1_000));
  answerParent(async (prefetch: number) => {
    await Promise.all(consumers.values().map((consumer) => consumer.setPrefetch(prefetch)));
  });
});

const unguarded: GuardedModel["guard"] = {
  withPermit: (_caller, signal, work) =>
    work({ signal, run: (_tokens, send) => send(() => undefined) }),
};
const instantModel: Model = {
  name: "instant",
  version: "1",
  estimate: false,
  classify: async () => petClassification,
  answer: async () => petAnswer.content,
};
