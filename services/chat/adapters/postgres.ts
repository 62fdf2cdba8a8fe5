import { and, desc, eq, isNull, lt, sql } from "drizzle-orm";
import type { Database } from "#lib/db/client.ts";
import { notDeleted } from "#lib/db/not-deleted.ts";
import { conversations, messages } from "#lib/db/schema.ts";
import { Fault } from "#lib/error/fault.ts";
import type { Conversation, Message } from "../chat.ts";
import type { ConversationsDeps } from "../conversations.ts";

const { userId, lastMessageAt, deletedAt } = conversations;

/** A conversation that its user has and has not deleted. */
const own = (user: string, chatId: string) =>
  and(eq(conversations.id, chatId), eq(userId, user), isNull(deletedAt));

export function createConversations(database: Database): ConversationsDeps {
  return {
    open: async (user, title) => {
      const id = Bun.randomUUIDv7();
      const [row] = await database.call((db) =>
        db.execute(sql`insert into ${conversations} (id, user_id, title)
          select ${id}::uuid, ${user}::text, ${title}::text where ${notDeleted(sql`${user}::text`)}
          returning created_at, last_message_at`),
      );
      if (!row) throw new Fault("ACCOUNT_DELETED");
      const [found] = await database.call((db) =>
        db.select().from(conversations).where(eq(conversations.id, id)),
      );
      if (!found) throw new Fault("ACCOUNT_DELETED");
      return toConversation(found);
    },
    list: async (user, after, limit) => {
      const behind = after
        ? sql`(${lastMessageAt}, ${conversations.id}) < (${after.at}::timestamptz, ${after.id}::uuid)`
        : undefined;
      const rows = await database.call((db) =>
        db
          .select()
          .from(conversations)
          .where(and(eq(userId, user), isNull(deletedAt), behind))
          .orderBy(desc(lastMessageAt), desc(conversations.id))
          .limit(limit),
      );
      return rows.map(toConversation);
    },
    find: async (user, chatId) => {
      const { id, title } = conversations;
      const [row] = await database.call((db) =>
        db.select({ id, title }).from(conversations).where(own(user, chatId)),
      );
      return row;
    },
    messages: async (chatId, before, limit) => {
      const rows = await database.call((db) =>
        db
          .select()
          .from(messages)
          .where(and(eq(messages.chatId, chatId), before ? lt(messages.id, before) : undefined))
          .orderBy(desc(messages.id))
          .limit(limit),
      );
      return rows.map(toMessage);
    },
    rename: async (user, chatId, title) => {
      const [row] = await database.call((db) =>
        db.update(conversations).set({ title }).where(own(user, chatId)).returning(),
      );
      return row && toConversation(row);
    },
    remove: async (user, chatId) => {
      const gone = await database.call((db) =>
        db
          .update(conversations)
          .set({ deletedAt: sql`now()` })
          .where(own(user, chatId))
          .returning({ id: conversations.id }),
      );
      return gone.length > 0;
    },
  };
}

function toConversation(row: typeof conversations.$inferSelect): Conversation {
  return {
    id: row.id,
    title: row.title,
    preview: row.preview,
    message_count: row.messageCount,
    last_message_at: row.lastMessageAt.toISOString(),
    created_at: row.createdAt.toISOString(),
  };
}

function toMessage(row: typeof messages.$inferSelect): Message {
  return {
    id: row.id,
    role: row.role,
    content: row.content,
    image_url: row.imageUrl,
    intents: [...row.intents],
    sources: [...row.sources],
    status: row.status,
    created_at: row.createdAt.toISOString(),
  };
}
