import { and, desc, eq, isNull, lt, sql } from "drizzle-orm";
import { previewOf } from "#lib/chat-store/preview.ts";
import type { Database } from "#lib/db/client.ts";
import { notDeleted } from "#lib/db/not-deleted.ts";
import { conversations, messages } from "#lib/db/schema.ts";
import { Fault } from "#lib/error/fault.ts";
import type { JobDeps } from "../cancel-answer.ts";
import type { Conversation, Message } from "../chat.ts";
import type { ConversationsDeps } from "../conversations.ts";
import type { SendSubject, Sent, SentMessages } from "../send-message.ts";

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

export function createSentMessages(database: Database): SentMessages & Pick<JobDeps, "sentJob"> {
  const find = async (jobId: string): Promise<Sent | undefined> => {
    const { id: messageId, chatId } = messages;
    const [row] = await database.call((db) =>
      db
        .select({ messageId, chatId })
        .from(messages)
        .where(and(eq(messages.jobId, jobId), eq(messages.role, "user"))),
    );
    return row && { jobId, ...row };
  };
  return {
    find,
    add: async (user, jobId, request, now) => {
      const messageId = Bun.randomUUIDv7();
      const chatId = request.chat_id ?? Bun.randomUUIDv7();
      const opens = request.chat_id === null;
      const chat = opens
        ? openChat(user, chatId, request, now)
        : touchChat(user, chatId, request, now);
      const [row] = await database.call((db) =>
        db.execute(sql`with chat as (${chat})
          insert into ${messages} (id, chat_id, job_id, role, content, image_url, status, created_at)
          select ${messageId}::uuid, chat.id, ${jobId}::uuid, 'user', ${request.message}::text,
            ${request.image_url ?? null}::text, 'queued', to_timestamp(${now}::float8 / 1000) from chat
          on conflict (job_id, role) do nothing
          returning id`),
      );
      if (row) return { jobId, chatId, messageId };
      // A submit that died half-way was taken over: its message is there.
      const before = await find(jobId);
      if (before) return before;
      if (opens) throw new Fault("ACCOUNT_DELETED");
      return undefined;
    },
    remove: async ({ jobId, chatId }) => {
      await database.call((db) => db.execute(rollback(jobId, chatId)));
    },
    sentJob: async (jobId) => {
      const [row] = await database.call((db) =>
        db
          .select({ message: messages, user: userId })
          .from(messages)
          .innerJoin(conversations, eq(conversations.id, messages.chatId))
          .where(and(eq(messages.jobId, jobId), eq(messages.role, "user"))),
      );
      if (!row) return undefined;
      const { id, chatId, content, imageUrl, status, createdAt } = row.message;
      const sent = { job_id: jobId, user_id: row.user, chat_id: chatId, message_id: id };
      const said = { message: content, image_url: imageUrl, location: null, model: null };
      return { message: { ...sent, ...said, submitted_at: createdAt.getTime() }, epoch: 0, status };
    },
  };
}

const openChat = (user: string, chatId: string, { message }: SendSubject, now: number) => sql`
  insert into ${conversations} (id, user_id, preview, message_count, last_message_at, created_at)
  select ${chatId}::uuid, ${user}::text, ${previewOf(message)}::text, 1,
    to_timestamp(${now}::float8 / 1000), to_timestamp(${now}::float8 / 1000)
  where ${notDeleted(sql`${user}::text`)}
  returning id`;

const touchChat = (user: string, chatId: string, { message }: SendSubject, now: number) => sql`
  update ${conversations} set preview = ${previewOf(message)}::text, message_count = message_count + 1,
    last_message_at = greatest(last_message_at, to_timestamp(${now}::float8 / 1000))
  where id = ${chatId}::uuid and user_id = ${user}::text and deleted_at is null
  returning id`;

/** A conversation that has no message left was opened by this one. */
const rollback = (jobId: string, chatId: string) => sql`
  with gone as (delete from ${messages} where job_id = ${jobId}::uuid returning id),
  emptied as (
    delete from ${conversations} where id = ${chatId}::uuid and message_count <= 1 and title is null
      and exists (select from gone) returning id
  )
  update ${conversations} set message_count = message_count - 1, preview = coalesce((
    select left(content, 80) from ${messages} where chat_id = ${chatId}::uuid and job_id <> ${jobId}::uuid
    order by id desc limit 1), '')
  where id = ${chatId}::uuid and exists (select from gone) and not exists (select from emptied)`;
