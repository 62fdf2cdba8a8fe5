import type { Redis } from "ioredis";
import { chatKeys } from "#lib/chat-store/chat-keys.ts";
import { createChatStore } from "#lib/chat-store/chat-store.ts";
import { createMessageStore } from "#lib/chat-store/message-store.ts";
import { systemClock } from "#lib/clock/clock.ts";
import { gptModels } from "#lib/config/model-endpoints.ts";
import { allowedImageHosts, publicOrigin } from "#lib/config/public-url.ts";
import type { Database } from "#lib/db/client.ts";
import type { App } from "#lib/http/create-app.ts";
import { createImageCheck } from "#lib/image/check-image.ts";
import type { Logger } from "#lib/log/logger.ts";
import { observeEnds } from "#lib/process/submit-metrics.ts";
import type { Publisher } from "#lib/queue/publisher.ts";
import { createSubmitPublisher } from "#lib/queue/submit-publisher.ts";
import { createMemoryCheck } from "#lib/redis/check-memory.ts";
import { createSubmitCounter } from "#lib/redis/submit-counter.ts";
import { createIdempotency } from "#lib/scan-store/idempotency.ts";
import { createChatRoutes } from "./adapters/http.ts";
import { createConversations } from "./adapters/postgres.ts";
import { createSentMessages } from "./adapters/sent-messages.ts";
import type { ChatConfig } from "./config.ts";

/** The chat API over real connections, for its own process and for edge. */
export function chatRoutes(
  config: ChatConfig,
  {
    database,
    redis,
    publisher,
    log,
  }: { database: Database; redis: Redis; publisher: Publisher; log: Logger },
): App {
  const clock = systemClock;
  const events = createChatStore(redis, clock, {
    inFlightMax: config.CHATS_IN_FLIGHT_PER_USER,
    onEnd: observeEnds("chat", log),
  });
  const sent = createSentMessages(database);
  return createChatRoutes({
    clock,
    newJobId: () => Bun.randomUUIDv7(),
    supportedModels: new Set([
      config.DEFAULT_MODEL,
      ...gptModels(config),
      ...config.SUPPORTED_GEMINI_MODELS,
      "local",
    ]),
    checkImage: createImageCheck(allowedImageHosts(config), publicOrigin(config)),
    idempotency: createIdempotency(redis, clock, chatKeys.idempotency),
    emitQueued: events.emitQueued,
    ...createSubmitPublisher(publisher, "chat.process"),
    checkMemory: createMemoryCheck(redis),
    countSubmit: createSubmitCounter(
      redis,
      clock,
      { perUser: config.MESSAGES_PER_MINUTE_PER_USER, overall: config.MESSAGES_PER_MINUTE },
      "chat",
    ),
    sent,
    sentJob: sent.sentJob,
    conversations: createConversations(database),
    events,
    messages: createMessageStore(database, clock),
    requestCancel: events.requestCancel,
    giveInput: events.giveInput,
  });
}
