import { and, eq, sql } from "drizzle-orm";
import { previewOf } from "#lib/chat-store/preview.ts";
import { batchStatement, givenRows } from "#lib/db/batch-statement.ts";
import type { Database } from "#lib/db/client.ts";
import { createGroupCommit } from "#lib/db/group-commit.ts";
import { notDeleted } from "#lib/db/not-deleted.ts";
import { conversations, messages } from "#lib/db/schema.ts";
import { uniqueSorted } from "#lib/db/unique-sorted.ts";
import { Fault } from "#lib/error/fault.ts";
import type { JobDeps } from "../cancel-answer.ts";
import type { SendSubject, Sent, SentMessages } from "../send-message.ts";

/** The messages of users. Those that are sent at one moment are stored in one commit. */
export function createSentMessages(database: Database): SentMessages & Pick<JobDeps, "sentJob"> {
  const add = createGroupCommit<MessageRow, boolean>("messages", async (rows) => {
    const given = uniqueSorted(rows, jobIdOf);
    const added = await database.call((db) => insertMessages(db, given));
    const jobIds = new Set(added.map(jobIdOf));
    return (row) => jobIds.has(row.job_id);
  });
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
      const row = toRow(user, jobId, request, now);
      if (await add(row)) return { jobId, chatId: row.chat_id, messageId: row.id };
      // A submit that died half-way was taken over: its message is there.
      const before = await find(jobId);
      if (before) return before;
      if (row.opens) throw new Fault("ACCOUNT_DELETED");
      return undefined;
    },
    remove: async ({ jobId, chatId }) => {
      await database.call((db) => db.execute(rollback(jobId, chatId)));
    },
    sentJob: async (jobId) => {
      const [row] = await database.call((db) =>
        db
          .select({ message: messages, user: conversations.userId })
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

type MessageRow = ReturnType<typeof toRow>;
const jobIdOf = ({ job_id }: { readonly job_id: string }): string => job_id;

function toRow(
  user: string,
  jobId: string,
  { chat_id, message, image_url }: SendSubject,
  now: number,
) {
  return {
    id: Bun.randomUUIDv7(),
    chat_id: chat_id ?? Bun.randomUUIDv7(),
    job_id: jobId,
    user_id: user,
    opens: chat_id === null,
    content: message,
    preview: previewOf(message),
    image_url: image_url ?? null,
    at: now,
  };
}

/**
 * Returns the jobs whose messages it has stored: not that of a job which is there already, nor one in a conversation
 * that is unknown, deleted or another user's.
 */
const insertMessages = batchStatement<{ readonly job_id: string }>(sql`
  with given as (
    select r.* from ${givenRows} as r(id uuid, chat_id uuid, job_id uuid, user_id text, opens boolean, content text,
      preview text, image_url text, at float8)
    where not exists (select from ${messages} as there where there.job_id = r.job_id and there.role = 'user')
  ), opened as (
    insert into ${conversations} (id, user_id, preview, message_count, last_message_at, created_at)
    select chat_id, user_id, preview, 1, to_timestamp(at / 1000), to_timestamp(at / 1000) from given
    where opens and ${notDeleted(sql`given.user_id`)}
    returning id, user_id
  ), news as (
    select distinct on (chat_id, user_id) chat_id, user_id, preview, at,
      count(*) over (partition by chat_id, user_id) as added
    from given where not opens order by chat_id, user_id, at desc
  ), touched as (
    update ${conversations} as chat set preview = news.preview, message_count = chat.message_count + news.added,
      last_message_at = greatest(chat.last_message_at, to_timestamp(news.at / 1000))
    from news where chat.id = news.chat_id and chat.user_id = news.user_id and chat.deleted_at is null
    returning chat.id, chat.user_id
  )
  insert into ${messages} (id, chat_id, job_id, role, content, image_url, status, created_at)
  select given.id, given.chat_id, job_id, 'user', content, image_url, 'queued', to_timestamp(at / 1000)
  from given join (select * from opened union all select * from touched) as chat(id, user_id)
    on chat.id = given.chat_id and chat.user_id = given.user_id
  returning job_id`);

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
