import { and, desc, eq, gt, isNull, lt, ne, or } from "drizzle-orm";
import { toTurn } from "#lib/chat/chat-message.ts";
import type { Database } from "#lib/db/client.ts";
import { conversations, messages } from "#lib/db/schema.ts";
import type { ChatDeps } from "../tasks/chat.process.ts";

/** Older turns that are read at most: far more than a model is shown. */
const messagesMax = 60;

/** The turns of conversations, with one indexed read. */
export function createTurnLoader(database: Database): Pick<ChatDeps, "loadTurn"> {
  return {
    loadTurn: async (message) => {
      const { chat_id: chatId, message_id: messageId, user_id: userId } = message;
      const { role, content } = messages;
      const { summary, summarizedUntil: until } = conversations;
      // One row at least, where the conversation is there.
      const rows = await database.call((db) =>
        db
          .select({ summary, said: { role, content } })
          .from(conversations)
          .leftJoin(
            messages,
            and(
              eq(messages.chatId, conversations.id),
              lt(messages.id, messageId),
              or(isNull(until), gt(messages.id, until)),
              // An answer that failed before it said anything.
              ne(content, ""),
            ),
          )
          .where(and(eq(conversations.id, chatId), eq(conversations.userId, userId)))
          .orderBy(desc(messages.id))
          .limit(messagesMax),
      );
      const [first] = rows;
      if (!first) return undefined;
      const said = rows.toReversed().flatMap((row) => row.said ?? []);
      return toTurn(message, { summary: first.summary, messages: said });
    },
  };
}
