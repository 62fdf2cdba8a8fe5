import { afterAll, beforeAll, expect, test } from "bun:test";
import { connectDatabase, type Database } from "#lib/db/client.ts";
import { migrate } from "#lib/db/migrate.ts";
import { conversations, messages } from "#lib/db/schema.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { createTurnLoader } from "./turns.ts";

let database: Database;
beforeAll(async () => {
  await migrate(serviceUrls.DATABASE_URL);
  database = await connectDatabase(serviceUrls.DATABASE_URL);
}, 30_000);
afterAll(() => database?.close(), 30_000);

/** A conversation in which these were said, before the message that is asked for. */
async function converse(said: readonly string[], summarized?: { until: number; summary: string }) {
  const [chatId, userId] = [Bun.randomUUIDv7(), `user-${crypto.randomUUID()}`];
  const rows = [...said, "지금"].map((content, n) => ({
    ...{ id: Bun.randomUUIDv7(), chatId, jobId: Bun.randomUUIDv7(), content },
    role: n % 2 === 0 ? ("user" as const) : ("assistant" as const),
    ...{ status: "completed" as const, createdAt: new Date() },
  }));
  const summarizedUntil = summarized ? rows[summarized.until]?.id : null;
  const summary = summarized?.summary ?? null;
  await database.call((db) =>
    db.insert(conversations).values({ id: chatId, userId, summary, summarizedUntil }),
  );
  await database.call((db) => db.insert(messages).values(rows));
  const now = rows.at(-1) ?? expect.unreachable();
  const message = {
    ...{ job_id: now.jobId, user_id: userId, chat_id: chatId, message_id: now.id },
    ...{ message: "지금", image_url: null, location: null, model: null, submitted_at: 0 },
  };
  return { message, load: createTurnLoader(database).loadTurn };
}

test("a turn has what was said before it, oldest first, without answers that said nothing", async () => {
  const { message, load } = await converse(["하나", "둘", "셋", ""]);
  expect((await load(message))?.history).toEqual({
    summary: null,
    messages: [
      { role: "user", content: "하나" },
      { role: "assistant", content: "둘" },
      { role: "user", content: "셋" },
    ],
  });
});

test("of what is summarised the summary stands in the turn", async () => {
  const { message, load } = await converse(["하나", "둘", "셋"], { until: 1, summary: "짧게" });
  const history = { summary: "짧게", messages: [{ role: "user" as const, content: "셋" }] };
  expect((await load(message))?.history).toEqual(history);
});

test("a first turn has nothing before it; of an unknown or another user's conversation there is none", async () => {
  const { message, load } = await converse([]);
  expect((await load(message))?.history).toEqual({ summary: null, messages: [] });
  expect(await load({ ...message, user_id: "another" })).toBeUndefined();
  expect(await load({ ...message, chat_id: Bun.randomUUIDv7() })).toBeUndefined();
});

test("of a long conversation the newest are read", async () => {
  const { message, load } = await converse(Array.from({ length: 70 }, (_, n) => `${n}`));
  const said = (await load(message))?.history.messages.map(({ content }) => content);
  expect(said).toEqual(Array.from({ length: 60 }, (_, n) => `${n + 10}`));
});
