import { sql } from "drizzle-orm";
import type { SealedChat } from "#lib/chat/chat-events.ts";
import type { ChatJob } from "#lib/chat/chat-message.ts";
import type { MessageStore, StoredAnswer } from "#lib/chat/end-chat.ts";
import type { Clock } from "#lib/clock/clock.ts";
import { batchStatement, givenRows } from "#lib/db/batch-statement.ts";
import type { Database } from "#lib/db/client.ts";
import { createGroupCommit } from "#lib/db/group-commit.ts";
import { conversations, messages } from "#lib/db/schema.ts";
import { uniqueSorted } from "#lib/db/unique-sorted.ts";
import { previewOf } from "./preview.ts";

export function createMessageStore(database: Database, clock: Clock): MessageStore {
  const commit = createGroupCommit<AnswerRow, StoredAnswer | undefined>("answers", async (rows) => {
    const given = uniqueSorted(
      rows.toSorted((a, b) => b.redrive - a.redrive),
      jobIdOf,
    );
    const standing = await database.call(async (db) => {
      await saveAnswers(db, given);
      return readAnswers(
        db,
        given.map(({ job_id }) => ({ job_id })),
      );
    });
    const byJob = new Map(standing.map((row) => [row.job_id, row]));
    return (row) => {
      const found = byJob.get(row.job_id);
      return found && { messageId: found.id, status: found.status };
    };
  });
  return { saveAnswer: (job, sealed) => commit(toRow(job, sealed, clock.now())) };
}

type AnswerRow = ReturnType<typeof toRow>;
const jobIdOf = ({ job_id }: { readonly job_id: string }): string => job_id;

function toRow({ message, epoch }: ChatJob, { end, text }: SealedChat, now: number) {
  const outcome = end.status === "completed" ? end.outcome : undefined;
  return {
    id: Bun.randomUUIDv7(),
    chat_id: message.chat_id,
    job_id: message.job_id,
    content: text,
    preview: previewOf(text),
    intents: outcome?.intents ?? [],
    sources: outcome?.sources ?? [],
    usage: outcome?.usage ?? null,
    title: outcome?.title ?? null,
    summary: outcome?.summary ?? null,
    status: end.status,
    redrive: epoch,
    at: now,
  };
}

/**
 * An answer, the status of the message it answers, and what a list shows of its conversation, together. Only a newer
 * epoch replaces an answer, and only a failed one. Where the conversation is gone nothing is written. A summary stands
 * for all that was said before the message it came with.
 */
const saveAnswers = batchStatement(sql`
  with given as (
    select * from ${givenRows} as r(id uuid, chat_id uuid, job_id uuid, content text, preview text, intents jsonb,
      sources jsonb, usage jsonb, title text, summary text, status text, redrive int, at float8)
  ), saved as (
    insert into ${messages} (id, chat_id, job_id, role, content, intents, sources, usage, status, redrive, created_at)
    select given.id, chat_id, job_id, 'assistant', content, intents, sources, nullif(usage, 'null'), status, redrive,
      to_timestamp(at / 1000)
    from given join ${conversations} as chat on chat.id = given.chat_id
    on conflict (job_id, role) do update set content = excluded.content, intents = excluded.intents,
      sources = excluded.sources, usage = excluded.usage, status = excluded.status, redrive = excluded.redrive
    where ${messages}.status = 'failed' and ${messages}.redrive < excluded.redrive
    returning job_id, (xmax = 0) as is_new
  ), answered as (
    update ${messages} as asked set status = given.status from given join saved using (job_id)
    where asked.job_id = given.job_id and asked.role = 'user'
    returning asked.job_id, asked.id
  ), news as (
    select distinct on (chat_id) chat_id, preview, at, title, summary,
      count(*) filter (where is_new) over (partition by chat_id) as added,
      (select before.id from ${messages} as before where before.chat_id = given.chat_id
        and before.id < answered.id order by before.id desc limit 1) as summarized_until
    from given join saved using (job_id) left join answered using (job_id)
    order by chat_id, at desc
  )
  update ${conversations} as chat set message_count = chat.message_count + news.added,
    preview = news.preview, last_message_at = greatest(chat.last_message_at, to_timestamp(news.at / 1000)),
    title = coalesce(chat.title, news.title), summary = coalesce(news.summary, chat.summary),
    summarized_until = case when news.summary is null then chat.summarized_until
      else coalesce(news.summarized_until, chat.summarized_until) end
  from news where chat.id = news.chat_id`);

const readAnswers = batchStatement<{
  readonly job_id: string;
  readonly id: string;
  readonly status: StoredAnswer["status"];
}>(sql`
  select message.job_id, message.id, message.status from ${givenRows} as asked(job_id uuid)
  join ${messages} as message on message.job_id = asked.job_id and message.role = 'assistant'`);
