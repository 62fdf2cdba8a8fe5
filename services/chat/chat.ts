import * as v from "valibot";
import { chatMessageCharsMax, chatTitleCharsMax } from "#lib/chat/chat-limits.ts";
import { named } from "#lib/contract/named.ts";
import { optionalField } from "#lib/contract/optional-field.ts";
import { plainText } from "#lib/contract/plain-text.ts";
import { imageUrlCharsMax } from "#lib/contract/scan-limits.ts";
import { storableText } from "#lib/contract/storable-text.ts";

/**
 * A conversation of a user: messages, and answers to them, each of which is a job that is followed as a stream while
 * it runs and is a message like the others once it has ended.
 */

const Title = plainText(chatTitleCharsMax, "CHAT_TITLE_INVALID");

export const OpenRequest = named("OpenChatRequest", v.object({ title: optionalField(Title) }));
export type OpenRequest = v.InferOutput<typeof OpenRequest>;

export const RenameRequest = named(
  "RenameChatRequest",
  v.object({ title: Title }, "CHAT_TITLE_INVALID"),
);

/** In degrees. */
const Location = named(
  "Location",
  v.object(
    {
      latitude: v.pipe(
        v.number("CHAT_LOCATION_INVALID"),
        v.minValue(-90, "CHAT_LOCATION_INVALID"),
        v.maxValue(90, "CHAT_LOCATION_INVALID"),
      ),
      longitude: v.pipe(
        v.number("CHAT_LOCATION_INVALID"),
        v.minValue(-180, "CHAT_LOCATION_INVALID"),
        v.maxValue(180, "CHAT_LOCATION_INVALID"),
      ),
    },
    "CHAT_LOCATION_INVALID",
  ),
  { latitude: 37.5663, longitude: 126.9779 },
);

export const SendRequest = named(
  "SendMessageRequest",
  v.object(
    {
      message: v.pipe(
        v.string("CHAT_MESSAGE_INVALID"),
        // macOS and iOS send a syllable in its two or three parts.
        v.maxLength(chatMessageCharsMax * 4, "CHAT_MESSAGE_INVALID"),
        v.normalize("NFC"),
        v.transform(storableText),
        v.trim(),
        v.minLength(1, "CHAT_MESSAGE_INVALID"),
        v.maxLength(chatMessageCharsMax, "CHAT_MESSAGE_INVALID"),
      ),
      image_url: optionalField(
        v.pipe(
          v.string("IMAGE_URL_INVALID"),
          v.trim(),
          v.nonEmpty("IMAGE_URL_INVALID"),
          v.maxLength(imageUrlCharsMax, "IMAGE_URL_INVALID"),
          v.regex(/^[^\p{Cc}\p{Cs}]+$/u, "IMAGE_URL_INVALID"),
          v.description("Where the photo is: https and an allowed host"),
        ),
      ),
      user_location: optionalField(Location),
      model: optionalField(v.pipe(v.string(), v.maxLength(100, "UNSUPPORTED_MODEL"))),
    },
    "CHAT_MESSAGE_INVALID",
  ),
  { message: "투명 페트병 라벨 떼야 하나요?" },
);
export type SendRequest = v.InferOutput<typeof SendRequest>;

export const InputRequest = named(
  "ChatInput",
  v.variant(
    "type",
    [
      v.object({ type: v.literal("location"), data: Location }),
      v.object({
        type: v.literal("confirmation"),
        data: v.nullish(v.boolean("CHAT_INPUT_INVALID"), true),
      }),
      v.object({ type: v.literal("cancel"), data: v.optional(v.unknown()) }),
    ],
    "CHAT_INPUT_INVALID",
  ),
);
export type InputRequest = v.InferOutput<typeof InputRequest>;

const uuid = v.pipe(v.string(), v.uuid());

export const SendAnswer = named(
  "MessageAccepted",
  v.object({
    job_id: uuid,
    chat_id: uuid,
    message_id: uuid,
    stream_url: v.string(),
    status: v.literal("queued"),
  }),
  {
    job_id: "019bd000-0000-7000-8000-000000000001",
    chat_id: "019bd000-0000-7000-8000-0000000000c1",
    message_id: "019bd000-0000-7000-8000-0000000000d1",
    stream_url: "/api/v1/chat/019bd000-0000-7000-8000-000000000001/events",
    status: "queued",
  },
);
export type SendAnswer = v.InferOutput<typeof SendAnswer>;

export function sendAnswer(ids: Pick<SendAnswer, "job_id" | "chat_id" | "message_id">): SendAnswer {
  return { ...ids, stream_url: `/api/v1/chat/${ids.job_id}/events`, status: "queued" };
}

export const JobAnswer = named(
  "ChatJobAccepted",
  v.object({
    job_id: uuid,
    status: v.picklist(["cancelling", "accepted"]),
  }),
);
export type JobAnswer = v.InferOutput<typeof JobAnswer>;

export const Conversation = named(
  "Conversation",
  v.object({
    id: uuid,
    title: v.nullable(v.string()),
    /** The beginning of the newest message. */
    preview: v.string(),
    message_count: v.number(),
    /** ISO 8601, UTC. */
    last_message_at: v.string(),
    created_at: v.string(),
  }),
);
export type Conversation = v.InferOutput<typeof Conversation>;

export const ConversationPage = named(
  "ConversationPage",
  v.object({
    chats: v.array(Conversation),
    /** Pass it as `cursor` for the next page; null on the last one. */
    next_cursor: v.nullable(v.string()),
  }),
);
export type ConversationPage = v.InferOutput<typeof ConversationPage>;

const Source = named(
  "MessageSource",
  v.object({
    type: v.string(),
    id: v.string(),
    title: v.string(),
    url: v.nullable(v.string()),
  }),
);

export const Message = named(
  "Message",
  v.object({
    id: uuid,
    role: v.picklist(["user", "assistant"]),
    content: v.string(),
    image_url: v.nullable(v.string()),
    intents: v.array(v.string()),
    sources: v.array(Source),
    /** `queued` is a user's message whose answer has not ended. */
    status: v.picklist(["queued", "completed", "failed", "cancelled"]),
    created_at: v.string(),
  }),
);
export type Message = v.InferOutput<typeof Message>;

/** One page of a conversation: the newest messages first page, and within a page the oldest first. */
export const MessagePage = named(
  "MessagePage",
  v.object({
    id: uuid,
    title: v.nullable(v.string()),
    messages: v.array(Message),
    /** True where there are older ones. */
    has_more: v.boolean(),
    next_cursor: v.nullable(v.string()),
  }),
);
export type MessagePage = v.InferOutput<typeof MessagePage>;
