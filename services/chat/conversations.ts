import { Fault } from "#lib/error/fault.ts";
import type { Conversation, ConversationPage, Message, MessagePage } from "./chat.ts";

export interface ConversationsDeps {
  /** @throws Fault `ACCOUNT_DELETED`. */
  open(userId: string, title: string | null): Promise<Conversation>;
  /** By the newest message, newest first; only those behind `after`, when given. */
  list(userId: string, after: ListCursor | undefined, limit: number): Promise<Conversation[]>;
  /** Undefined for one that is unknown, deleted or another user's; so are the others. */
  find(userId: string, chatId: string): Promise<Pick<Conversation, "id" | "title"> | undefined>;
  /** Newest first; only those before `before`, when given. */
  messages(chatId: string, before: string | undefined, limit: number): Promise<Message[]>;
  rename(userId: string, chatId: string, title: string): Promise<Conversation | undefined>;
  remove(userId: string, chatId: string): Promise<boolean>;
}

/** Where a page of conversations ends. */
export interface ListCursor {
  readonly at: string;
  readonly id: string;
}

interface Page<Cursor> {
  readonly cursor: Cursor | undefined;
  readonly limit: number;
}

export async function listConversations(
  deps: Pick<ConversationsDeps, "list">,
  userId: string,
  { cursor, limit }: Page<ListCursor>,
): Promise<ConversationPage> {
  // One row more than the limit shows whether there is a next page.
  const found = await deps.list(userId, cursor, limit + 1);
  const chats = found.slice(0, limit);
  const last = chats.at(-1);
  const next = found.length > limit && last ? { at: last.last_message_at, id: last.id } : null;
  return { chats, next_cursor: next && writeCursor(next) };
}

/** @throws Fault `CHAT_NOT_FOUND` for an unknown conversation and for another user's alike. */
export async function readConversation(
  deps: Pick<ConversationsDeps, "find" | "messages">,
  userId: string,
  chatId: string,
  { cursor, limit }: Page<string>,
): Promise<MessagePage> {
  const chat = await deps.find(userId, chatId);
  if (!chat) throw new Fault("CHAT_NOT_FOUND");
  const found = await deps.messages(chatId, cursor, limit + 1);
  const page = found.slice(0, limit);
  const has_more = found.length > limit;
  const next_cursor = has_more ? (page.at(-1)?.id ?? null) : null;
  return { ...chat, messages: page.toReversed(), has_more, next_cursor };
}

export function writeCursor({ at, id }: ListCursor): string {
  return `${Date.parse(at).toString(36)}.${id}`;
}

const CURSOR = /^([0-9a-z]{1,9})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** @throws Fault `INVALID_CURSOR`. */
export function readCursor(text: string): ListCursor {
  const [, at, id] = CURSOR.exec(text) ?? [];
  if (at === undefined || id === undefined) throw new Fault("INVALID_CURSOR");
  return { at: new Date(Number.parseInt(at, 36)).toISOString(), id };
}
