import type { EventSourceMessage } from "eventsource-parser";
import type {
  ConversationPage,
  MessagePage,
  SendAnswer,
  SendRequest,
} from "../../services/chat/chat.ts";
import { createCaller, type FollowOptions, statusOf } from "./api-client.ts";

/** One event of an answer's stream. */
export interface ChatStreamEvent {
  readonly id: number;
  readonly event: string;
  readonly text?: string;
}

export interface Followed {
  readonly events: readonly ChatStreamEvent[];
  readonly text: string;
  /** Name of the last event; undefined where nothing came. */
  readonly end: string | undefined;
}

export type ChatReader = ReturnType<typeof createChatReader>;

/** A client of the chat, which shows what its events say and nothing else. */
export function createChatReader(origin: string, headers: Readonly<Record<string, string>>) {
  const { call, send, get, post, follow } = createCaller(origin, headers);
  return {
    send: (request: SendRequest, chatId?: string): Promise<SendAnswer> =>
      post(`/api/v1/chat/${chatId === undefined ? "" : `${chatId}/`}messages`, request),
    list: (): Promise<ConversationPage> => get("/api/v1/chat"),
    read: (chatId: string): Promise<MessagePage> => get(`/api/v1/chat/${chatId}`),
    status: (path: string, method = "GET", body?: unknown): Promise<number | undefined> => {
      const response = body === undefined ? call(path, { method }) : send(method, path, body);
      return response.then(({ status }) => status, statusOf);
    },
    /** Follows to the end of the stream. */
    follow: async (
      jobId: string,
      options: FollowOptions & { onEvent?(event: ChatStreamEvent): void } = {},
    ): Promise<Followed> => {
      const events: ChatStreamEvent[] = [];
      const receive = ({ id, event = "", data }: EventSourceMessage): void => {
        const { text } = JSON.parse(data);
        const one = { id: Number(id), event, ...(typeof text === "string" && { text }) };
        events.push(one);
        options.onEvent?.(one);
      };
      await follow(`/api/v1/chat/${jobId}/events`, receive, options);
      return { events, text: textOf(events), end: events.at(-1)?.event };
    },
    textOf,
  };
}

/** A token, or the snapshot that a client gets in its place where the text was there before the client. */
export function showsText({ event }: ChatStreamEvent): boolean {
  return event === "token" || event === "snapshot";
}

/** What a client shows: a snapshot replaces all text before it. */
function textOf(events: readonly ChatStreamEvent[]): string {
  let shown = "";
  for (const { event, text = "" } of events) {
    if (event === "snapshot") shown = text;
    if (event === "token") shown += text;
  }
  return shown;
}
