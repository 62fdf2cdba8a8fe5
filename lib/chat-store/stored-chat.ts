import { and, eq } from "drizzle-orm";
import { chatEvent } from "#lib/chat/chat-event.ts";
import type { ChatLog } from "#lib/chat/chat-log.ts";
import type { Database } from "#lib/db/client.ts";
import { conversations, messages } from "#lib/db/schema.ts";
import { FAULTS } from "#lib/error/fault-table.ts";

/** The log of an answer that has ended, from what is stored of it; undefined where there is none. */
export async function readStoredChat(
  database: Database,
  jobId: string,
): Promise<ChatLog | undefined> {
  const [row] = await database.call((db) =>
    db
      .select({ message: messages, userId: conversations.userId })
      .from(messages)
      .innerJoin(conversations, eq(conversations.id, messages.chatId))
      .where(and(eq(messages.jobId, jobId), eq(messages.role, "assistant"))),
  );
  if (!row) return undefined;
  const { id, content, status, intents, sources, redrive: epoch, createdAt } = row.message;
  const isCompleted = status === "completed";
  // Which fault it was is forgotten with the log.
  const code = status === "cancelled" ? "CANCELLED" : "INTERNAL";
  const result = isCompleted
    ? { message_id: id, intents, sources }
    : { code, message: FAULTS[code].detail, message_id: id };
  const step = { stage: "done", status: isCompleted ? "completed" : "failed", result } as const;
  const done = chatEvent({ id: jobId, epoch }, step, createdAt.getTime());
  const text = Buffer.from(content);
  // A segment of its own: clients that have seen a part of the text get a snapshot of the whole.
  return {
    jobId,
    userId: row.userId,
    seq: done.seq,
    events: [done],
    epoch,
    segment: 999_997,
    text,
  };
}
