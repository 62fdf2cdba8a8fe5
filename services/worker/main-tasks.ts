import { Catalog } from "#lib/catalog/catalog.ts";
import { followCatalog } from "#lib/catalog/follow-catalog.ts";
import { createCatalogLoader } from "#lib/catalog/load-catalog.ts";
import type { EndChatDeps } from "#lib/chat/end-chat.ts";
import { type ChatStore, createChatStore } from "#lib/chat-store/chat-store.ts";
import { createMessageStore } from "#lib/chat-store/message-store.ts";
import { type Clock, systemClock } from "#lib/clock/clock.ts";
import type { Task, TaskName } from "#lib/contract/task.ts";
import type { Logger } from "#lib/log/logger.ts";
import type { ProcessScope } from "#lib/process/run-process.ts";
import { observeEnds } from "#lib/process/submit-metrics.ts";
import { connectRedis } from "#lib/redis/client.ts";
import type { EndScanDeps, ResultStore } from "#lib/scan/end-scan.ts";
import { createResultStore } from "#lib/scan-store/result-store.ts";
import { createScanStore, type ScanStore } from "#lib/scan-store/scan-store.ts";
import { followCancels } from "./adapters/cancel.ts";
import {
  createOwnershipReader,
  createOwnershipWriter,
  createUserCharacterWriter,
} from "./adapters/postgres.ts";
import { createStagePublishers } from "./adapters/rabbit.ts";
import { createReservations } from "./adapters/redis.ts";
import { createTurnLoader } from "./adapters/turns.ts";
import { cancellable, RunningScans, sealing } from "./cancellable.ts";
import type { WorkerConfig } from "./config.ts";
import { createChat } from "./main-chat.ts";
import type { Connections } from "./main-connections.ts";
import type { Models } from "./main-models.ts";
import { type MatchDeps, matchTask } from "./tasks/character.match.ts";
import { saveOwnershipTask } from "./tasks/character.save_ownership.ts";
import { chatTask } from "./tasks/chat.process.ts";
import { answerTask } from "./tasks/scan.answer.ts";
import { rewardTask } from "./tasks/scan.reward.ts";
import { ruleTask } from "./tasks/scan.rule.ts";
import { type VisionDeps, visionTask } from "./tasks/scan.vision.ts";
import { saveCharacterTask } from "./tasks/users.save_character.ts";

export interface TasksDeps extends Pick<VisionDeps, "loadPhoto">, Pick<MatchDeps, "hashPhoto"> {
  readonly connections: Connections;
  readonly scans: Scans;
  readonly models: Pick<Models, "call" | "hasChat">;
  readonly log: Logger;
  readonly scope: ProcessScope;
}

/** Every task by its queue. */
export async function createTasks(
  config: WorkerConfig,
  deps: TasksDeps,
): Promise<Record<TaskName, Task>> {
  const { connections, scans, models, loadPhoto, hashPhoto, log, scope } = deps;
  const { database, redis, broker, publisher, rpc } = connections;
  const catalog = new Catalog(createCatalogLoader(database));
  scope.onStop("catalogue", await followCatalog(broker, catalog, log));
  const running = await followRunning(config, deps);
  scope.onStop("stage leases", await scans.events.keepLeases());
  scope.onStop("chat leases", await scans.chats.events.keepLeases());
  const converse = createChat({ catalog, database, models, loadPhoto, log });
  const chat = { ...scans.chats, converse, ...createTurnLoader(database) };
  const publishers = createStagePublishers(publisher, rpc);
  const ownerships = { ...createOwnershipReader(database), ...createReservations(redis) };
  const stage = { ...scans, ...publishers, loadPhoto, callModel: models.call };
  return {
    "scan.vision": cancellable(visionTask(stage), running),
    "scan.rule": cancellable(ruleTask(stage), running),
    "scan.answer": cancellable(answerTask(stage), running),
    "scan.reward": sealing(rewardTask(stage), scans.events.seal),
    "character.match": matchTask({ catalog, ownerships, hashPhoto }),
    "character.save_ownership": saveOwnershipTask(createOwnershipWriter(database)),
    "users.save_character": saveCharacterTask(createUserCharacterWriter(database)),
    "chat.process": cancellable(chatTask(chat), running),
  };
}

/** The events and results of scans: what the stages, and whoever ends a scan, write to. */
export interface Scans extends EndScanDeps {
  readonly events: ScanStore;
  readonly results: ResultStore;
  readonly chats: EndChatDeps & { readonly events: ChatStore; readonly clock: Clock };
}

export function createScans(
  { CHECKPOINT_TTL: checkpointTtlS }: WorkerConfig,
  { redis, database }: Connections,
  log: Logger,
): Scans {
  const clock = systemClock;
  const events = createScanStore(redis, clock, {
    checkpointTtlS,
    onEnd: observeEnds("scan", log),
  });
  const chats = {
    clock,
    events: createChatStore(redis, clock, { checkpointTtlS, onEnd: observeEnds("chat", log) }),
    messages: createMessageStore(database, clock),
  };
  return { clock, events, results: createResultStore(database), chats };
}

/** The scans this process works on; a cancel notice aborts one of them. */
async function followRunning(
  { REDIS_URL, REDIS_PREFIX }: WorkerConfig,
  { connections: { redis }, log, scope }: TasksDeps,
): Promise<RunningScans> {
  const running = new RunningScans();
  const subscriber = await connectRedis(REDIS_URL, log, REDIS_PREFIX);
  scope.onStop("cancel notices", () => subscriber.disconnect());
  await followCancels(subscriber, { redis, running, log });
  return running;
}
