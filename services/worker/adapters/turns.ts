import { sql } from "drizzle-orm";
import { toTurn } from "#lib/chat/chat-message.ts";
import { batchStatement, givenRows } from "#lib/db/batch-statement.ts";
import type { Database } from "#lib/db/client.ts";
import { conversations, messages } from "#lib/db/schema.ts";
import type { ChatDeps } from "../tasks/chat.process.ts";

/** Older turns that are read at most: far more than a model is shown. */
const messagesMax = 60;

/** The turns of conversations, with one indexed read. */
export function createTurnLoader(database: Database): Pick<ChatDeps, "loadTurn"> {
  return {
    loadTurn: async (message) => {
      const { chat_id, message_id, user_id } = message;
      const rows = await database.call((db) => readTurn(db, [{ chat_id, message_id, user_id }]));
      const [first] = rows;
      if (!first) return undefined;
      const said = rows
        .toReversed()
        .flatMap(({ role, content }) => (role && content ? [{ role, content }] : []));
      return toTurn(message, { summary: first.summary, messages: said });
    },
  };
}

type Said = Pick<typeof messages.$inferSelect, "role" | "content">;
type TurnRow = Pick<typeof conversations.$inferSelect, "summary"> & {
  readonly [K in keyof Said]: Said[K] | null;
};

/**
 * What was said before a message and is in no summary, the newest first; one row at least, where the conversation is
 * there. An answer that failed before it said anything is left out.
 */
const readTurn = batchStatement<TurnRow>(sql`
  select chat.summary, said.role, said.content
  from ${givenRows} as asked(chat_id uuid, message_id uuid, user_id text)
  join ${conversations} as chat on chat.id = asked.chat_id and chat.user_id = asked.user_id
  left join lateral (
    select id, role, content from ${messages} as message
    where message.chat_id = chat.id and message.id < asked.message_id and message.content <> ''
      and (chat.summarized_until is null or message.id > chat.summarized_until)
    order by id desc limit ${sql.raw(String(messagesMax))}
  ) as said on true
  order by said.id desc`);
