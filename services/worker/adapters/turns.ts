import { and, desc, eq, gt, lt, ne } from "drizzle-orm";
import { toTurn } from "#lib/chat/chat-message.ts";
import type { Database } from "#lib/db/client.ts";
import { conversations, messages } from "#lib/db/schema.ts";
import type { ChatDeps } from "../tasks/chat.process.ts";

/** Older turns that are read at most: far more than a model is shown. */
const messagesMax = 60;

/** The turns of conversations, over two indexed reads. */
export function createTurnLoader(database: Database): Pick<ChatDeps, "loadTurn"> {
  return {
    loadTurn: (message) =>
      database.call(async (db) => {
        const { chat_id: chatId, message_id: messageId, user_id: userId } = message;
        const [chat] = await db
          .select({ summary: conversations.summary, until: conversations.summarizedUntil })
          .from(conversations)
          .where(and(eq(conversations.id, chatId), eq(conversations.userId, userId)));
        if (!chat) return undefined;
        const { role, content } = messages;
        const said = await db
          .select({ role, content })
          .from(messages)
          .where(
            and(
              eq(messages.chatId, chatId),
              lt(messages.id, messageId),
              chat.until === null ? undefined : gt(messages.id, chat.until),
              // An answer that failed before it said anything.
              ne(content, ""),
            ),
          )
          .orderBy(desc(messages.id))
          .limit(messagesMax);
        return toTurn(message, { summary: chat.summary, messages: said.toReversed() });
      }),
  };
}
