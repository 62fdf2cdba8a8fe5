import { EventSourceParserStream } from "eventsource-parser/stream";
import type {
  ConversationPage,
  MessagePage,
  SendAnswer,
  SendRequest,
} from "../../services/chat/chat.ts";

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
  const call = (
    path: string,
    method = "GET",
    body?: unknown,
    more: Record<string, string> = {},
    signal?: AbortSignal,
  ) =>
    fetch(new URL(path, origin), {
      method,
      ...(signal ? { signal } : {}),
      headers: {
        ...headers,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...more,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const json = async (path: string, method?: string, body?: unknown) => {
    const response = await call(path, method, body);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  return {
    send: (request: SendRequest, chatId?: string): Promise<SendAnswer> =>
      json(`/api/v1/chat/${chatId === undefined ? "" : `${chatId}/`}messages`, "POST", request),
    list: (): Promise<ConversationPage> => json("/api/v1/chat"),
    read: (chatId: string): Promise<MessagePage> => json(`/api/v1/chat/${chatId}`),
    status: async (path: string, method?: string, body?: unknown): Promise<number> =>
      (await call(path, method, body)).status,
    /** Follows to the end of the stream, or until `stopsAt` says so. */
    follow: async (
      jobId: string,
      after?: number,
      stopsAt: (event: ChatStreamEvent) => boolean = () => false,
      signal?: AbortSignal,
    ): Promise<Followed> => {
      const resumed = after === undefined ? {} : { "last-event-id": String(after) };
      const response = await call(
        `/api/v1/chat/${jobId}/events`,
        "GET",
        undefined,
        resumed,
        signal,
      );
      if (!response.ok) throw new Error(`stream: ${response.status}`);
      const events: ChatStreamEvent[] = [];
      const text = response.body?.pipeThrough(new TextDecoderStream());
      for await (const one of text?.pipeThrough(new EventSourceParserStream()) ?? []) {
        const event = { id: Number(one.id), event: one.event ?? "", ...textIn(one.data) };
        events.push(event);
        if (stopsAt(event)) break;
      }
      return { events, text: textOf(events), end: events.at(-1)?.event };
    },
    textOf,
  };
}

function textIn(data: string): { text?: string } {
  const { text } = JSON.parse(data);
  return typeof text === "string" ? { text } : {};
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
