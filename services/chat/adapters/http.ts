import { type Context, Hono } from "hono";
import * as v from "valibot";
import { Fault } from "#lib/error/fault.ts";
import type { App, AppEnv } from "#lib/http/create-app.ts";
import { idempotencyKey } from "#lib/http/idempotency-key.ts";
import { jsonBody } from "#lib/http/json-body.ts";
import { observeSubmit } from "#lib/http/observe-submit.ts";
import { describe } from "#lib/http/openapi.ts";
import { quotaHeaderNames } from "#lib/http/openapi-components.ts";
import { quotaHeaders } from "#lib/http/quota-headers.ts";
import { requireUser } from "#lib/http/require-user.ts";
import { validate } from "#lib/http/validate.ts";
import { imageCheckFaults } from "#lib/image/check-image.ts";
import { cancelAnswer, giveInput, type JobDeps } from "../cancel-answer.ts";
import {
  Conversation,
  ConversationPage,
  InputRequest,
  JobAnswer,
  MessagePage,
  OpenRequest,
  RenameRequest,
  SendAnswer,
  SendRequest,
} from "../chat.ts";
import {
  type ConversationsDeps,
  listConversations,
  readConversation,
  readCursor,
} from "../conversations.ts";
import { type SendDeps, sendMessage } from "../send-message.ts";

export interface ChatRoutesDeps extends SendDeps, JobDeps {
  readonly conversations: ConversationsDeps;
}

const bodyBytesMax = 64 * 1024;
const smallBodyBytesMax = 4 * 1024;

const ChatParam = v.object({ chat_id: v.pipe(v.string(), v.uuid("INVALID_CHAT_ID")) });
const JobParam = v.object({ job_id: v.pipe(v.string(), v.uuid("INVALID_JOB_ID")) });

const limitUpTo = (max: number) =>
  v.pipe(v.string(), v.regex(/^\d{1,3}$/), v.transform(Number), v.minValue(1), v.maxValue(max));
const ListQuery = v.object({
  cursor: v.optional(v.pipe(v.string(), v.maxLength(100, "INVALID_CURSOR"))),
  limit: v.optional(limitUpTo(100), "20"),
});
const MessagesQuery = v.object({
  cursor: v.optional(v.pipe(v.string(), v.uuid("INVALID_CURSOR"))),
  limit: v.optional(limitUpTo(200), "50"),
});

export function createChatRoutes(deps: ChatRoutesDeps): App {
  const app = new Hono<AppEnv>();
  const { conversations } = deps;
  app.use("/api/v1/chat", requireUser());
  app.use("/api/v1/chat/*", requireUser());

  app.post(
    "/api/v1/chat",
    describeOpen,
    jsonBody(smallBodyBytesMax, { isOptional: true }),
    validate("json", OpenRequest),
    async (c) => {
      const { title } = c.req.valid("json");
      return c.json(await conversations.open(c.get("userId"), title ?? null), 201);
    },
  );

  app.get("/api/v1/chat", describeList, validate("query", ListQuery), async (c) => {
    const { cursor, limit } = c.req.valid("query");
    const page = { cursor: cursor === undefined ? undefined : readCursor(cursor), limit };
    return c.json(await listConversations(conversations, c.get("userId"), page));
  });

  sendRoutes(app, deps);
  jobRoutes(app, deps);

  app.get(
    "/api/v1/chat/:chat_id",
    describeRead,
    validate("param", ChatParam),
    validate("query", MessagesQuery),
    async (c) => {
      const { cursor, limit } = c.req.valid("query");
      const { chat_id } = c.req.valid("param");
      const page = { cursor, limit };
      return c.json(await readConversation(conversations, c.get("userId"), chat_id, page));
    },
  );

  app.patch(
    "/api/v1/chat/:chat_id",
    describeRename,
    validate("param", ChatParam),
    jsonBody(smallBodyBytesMax),
    validate("json", RenameRequest),
    async (c) => {
      const { chat_id } = c.req.valid("param");
      const { title } = c.req.valid("json");
      const renamed = await conversations.rename(c.get("userId"), chat_id, title);
      if (!renamed) throw new Fault("CHAT_NOT_FOUND");
      return c.json(renamed);
    },
  );

  app.delete("/api/v1/chat/:chat_id", describeRemove, validate("param", ChatParam), async (c) => {
    const isGone = await conversations.remove(c.get("userId"), c.req.valid("param").chat_id);
    if (!isGone) throw new Fault("CHAT_NOT_FOUND");
    return c.body(null, 204);
  });
  return app;
}

function sendRoutes(app: Hono<AppEnv>, deps: ChatRoutesDeps): void {
  const send = async (c: Context<AppEnv>, request: SendRequest, chatId?: string) => {
    const sent = sendMessage(deps, {
      userId: c.get("userId"),
      chatId,
      request,
      idempotencyKey: idempotencyKey(c),
      traceparent: c.get("traceparent"),
    });
    const { answer, replayed, quota } = await observeSubmit(c, "chat", sent);
    if (replayed) c.header("Idempotency-Replayed", "true");
    return c.json(answer, 202, quotaHeaders(quota ? [quota] : []));
  };
  app.post(
    "/api/v1/chat/messages",
    describeSend,
    jsonBody(bodyBytesMax),
    validate("json", SendRequest),
    (c) => send(c, c.req.valid("json")),
  );
  app.post(
    "/api/v1/chat/:chat_id/messages",
    describeSendTo,
    validate("param", ChatParam),
    jsonBody(bodyBytesMax),
    validate("json", SendRequest),
    (c) => send(c, c.req.valid("json"), c.req.valid("param").chat_id),
  );
}

function jobRoutes(app: Hono<AppEnv>, deps: ChatRoutesDeps): void {
  app.delete("/api/v1/chat/jobs/:job_id", describeCancel, validate("param", JobParam), async (c) =>
    c.json(await cancelAnswer(deps, c.get("userId"), c.req.valid("param").job_id), 202),
  );
  app.post(
    "/api/v1/chat/jobs/:job_id/input",
    describeInput,
    validate("param", JobParam),
    jsonBody(smallBodyBytesMax),
    validate("json", InputRequest),
    async (c) => {
      const { job_id } = c.req.valid("param");
      return c.json(await giveInput(deps, c.get("userId"), job_id, c.req.valid("json")), 202);
    },
  );
}

const tag = "chat";
const bodyFaults = ["MALFORMED_JSON", "CONTENT_TYPE_UNSUPPORTED", "BODY_TOO_LARGE"] as const;
const usual = ["VALIDATION_FAILED", "UNAUTHENTICATED", "UNAVAILABLE"] as const;
const ofChat = [...usual, "INVALID_CHAT_ID", "CHAT_NOT_FOUND"] as const;
const ofJob = [...usual, "INVALID_JOB_ID", "JOB_NOT_FOUND", "CHAT_FINISHED"] as const;

const describeOpen = describe({
  id: "openChat",
  tag,
  summary: "Open a conversation",
  responses: { 201: { description: "The conversation", schema: Conversation } },
  faults: [...usual, ...bodyFaults, "CHAT_TITLE_INVALID", "ACCOUNT_DELETED"],
});

const describeList = describe({
  id: "listChats",
  tag,
  summary: "The caller's conversations, by their newest message",
  responses: { 200: { description: "One page", schema: ConversationPage } },
  faults: [...usual, "INVALID_CURSOR"],
});

const describeRead = describe({
  id: "readChat",
  tag,
  summary: "Messages of a conversation: pages from the newest on, each in the order they were said",
  responses: { 200: { description: "One page", schema: MessagePage } },
  faults: [...ofChat, "INVALID_CURSOR"],
});

const describeRename = describe({
  id: "renameChat",
  tag,
  summary: "Rename a conversation",
  responses: { 200: { description: "The conversation", schema: Conversation } },
  faults: [...ofChat, ...bodyFaults, "CHAT_TITLE_INVALID"],
});

const describeRemove = describe({
  id: "deleteChat",
  tag,
  summary: "Delete a conversation",
  responses: { 204: { description: "Deleted" } },
  faults: ofChat,
});

const sendFaults = [
  ...usual,
  ...bodyFaults,
  "CHAT_MESSAGE_INVALID",
  "CHAT_LOCATION_INVALID",
  ...imageCheckFaults,
  "UNSUPPORTED_MODEL",
  "IDEMPOTENCY_KEY_INVALID",
  "IDEMPOTENCY_IN_FLIGHT",
  "IDEMPOTENCY_MISMATCH",
  "RATE_LIMITED",
  "TOO_MANY_CHATS_IN_FLIGHT",
  "OVERLOADED",
  "SUBMIT_UNCONFIRMED",
] as const;

const sendResponses = {
  202: {
    description: "Accepted; follow stream_url",
    schema: SendAnswer,
    headers: ["Idempotency-Replayed", ...quotaHeaderNames],
  },
} as const;

const describeSend = describe({
  id: "sendFirstMessage",
  tag,
  summary: "Say something in a new conversation; header X-Idempotency-Key makes a retry safe",
  headers: ["X-Idempotency-Key"],
  responses: sendResponses,
  faults: [...sendFaults, "ACCOUNT_DELETED", "CHAT_NOT_FOUND"],
});

const describeSendTo = describe({
  id: "sendMessage",
  tag,
  summary: "Say something in a conversation; header X-Idempotency-Key makes a retry safe",
  headers: ["X-Idempotency-Key"],
  responses: sendResponses,
  faults: [...sendFaults, "INVALID_CHAT_ID", "CHAT_NOT_FOUND"],
});

const describeCancel = describe({
  id: "cancelAnswer",
  tag,
  summary: "Stop an answer; what was written is kept, and it ends as failed with code CANCELLED",
  responses: { 202: { description: "Stopped", schema: JobAnswer } },
  faults: ofJob,
});

const describeInput = describe({
  id: "giveChatInput",
  tag,
  summary: "Give an answer what it has asked for by `needs_input`; type cancel declines",
  responses: { 202: { description: "Accepted", schema: JobAnswer } },
  faults: [...ofJob, ...bodyFaults, "CHAT_INPUT_INVALID", "CHAT_LOCATION_INVALID"],
});
