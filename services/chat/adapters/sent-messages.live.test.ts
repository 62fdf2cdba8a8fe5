import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import type { ChatJob } from "#lib/chat/chat-message.ts";
import { createMessageStore } from "#lib/chat-store/message-store.ts";
import { connectDatabase, type Database } from "#lib/db/client.ts";
import { migrate } from "#lib/db/migrate.ts";
import { conversations } from "#lib/db/schema.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import type { Sent, SentMessages } from "../send-message.ts";
import { createConversations } from "./postgres.ts";
import { createSentMessages } from "./sent-messages.ts";

const outcome = { intents: ["waste"], sources: [], usage: null, title: "페트병", summary: null };
const completed = { status: "completed", outcome } as const;
const failed = { status: "failed", error: { code: "EXPIRED", message: "늦어요" } } as const;

describe("messages", () => {
  let database: Database;
  let sent: SentMessages;
  beforeAll(async () => {
    await migrate(serviceUrls.DATABASE_URL);
    database = await connectDatabase(serviceUrls.DATABASE_URL);
    sent = createSentMessages(database);
  }, 30_000);
  afterAll(() => database?.close());

  const newUser = () => `user-${crypto.randomUUID()}`;
  const say = (user: string, message: string, chat_id: string | null = null) =>
    sent.add(user, Bun.randomUUIDv7(), { message, chat_id }, Date.now());
  const jobOf = (user: string, one: Sent | undefined, epoch = 0): ChatJob => {
    if (!one) throw new Error("not sent");
    const ids = {
      job_id: one.jobId,
      chat_id: one.chatId,
      message_id: one.messageId,
      user_id: user,
    };
    const said = { message: "", image_url: null, location: null, model: null, submitted_at: 0 };
    return { message: { ...ids, ...said }, epoch };
  };
  const listed = async (user: string) =>
    (await createConversations(database).list(user, undefined, 9))[0];

  test("of many users at once are each in a conversation of their own, and nobody else's", async () => {
    const users = Array.from({ length: 80 }, newUser);
    const all = await Promise.all(users.map((user, n) => say(user, `질문 ${n}`)));
    expect(new Set(all.map((one) => one?.chatId)).size).toBe(80);
    const [owner = "", stranger = ""] = users;
    const chatId = all[0]?.chatId ?? "";
    const both = await Promise.all([say(owner, "더", chatId), say(stranger, "나도", chatId)]);
    expect(both.map((one) => one?.chatId)).toEqual([chatId, undefined]);
    expect(await listed(owner)).toMatchObject({ message_count: 2, preview: "더" });
  });

  test("count and show with their answers, once, however often these are saved", async () => {
    const user = newUser();
    const one = await say(user, "첫 질문");
    const store = createMessageStore(database, { now: () => Date.now() });
    const job = jobOf(user, one);
    const sealed = { end: completed, text: "대답" };
    const saved = await Promise.all([store.saveAnswer(job, sealed), store.saveAnswer(job, sealed)]);
    expect(saved[0]).toEqual(saved[1]);
    await store.saveAnswer(job, { end: failed, text: "다른" });
    expect(await listed(user)).toMatchObject({
      message_count: 2,
      preview: "대답",
      title: "페트병",
    });
    const read = await createConversations(database).messages(one?.chatId ?? "", undefined, 9);
    expect(read.map(({ role, content, status }) => [role, content, status])).toEqual([
      ["assistant", "대답", "completed"],
      ["user", "첫 질문", "completed"],
    ]);
  });

  test("an answer that failed is replaced by the next epoch's, and by no other", async () => {
    const user = newUser();
    const one = await say(user, "질문");
    const store = createMessageStore(database, { now: () => Date.now() });
    await store.saveAnswer(jobOf(user, one), { end: failed, text: "반" });
    expect(
      await store.saveAnswer(jobOf(user, one, 1), { end: completed, text: "전부" }),
    ).toMatchObject({
      status: "completed",
    });
    await store.saveAnswer(jobOf(user, one, 2), { end: failed, text: "" });
    expect(await listed(user)).toMatchObject({ message_count: 2, preview: "전부" });
  });

  test("that are taken back leave nothing, and those of a chat that is gone are not answered", async () => {
    const user = newUser();
    const one = await say(user, "처음");
    const more = await say(user, "더", one?.chatId);
    if (!one || !more) throw new Error("not sent");
    await sent.remove(more);
    expect(await listed(user)).toMatchObject({ message_count: 1, preview: "처음" });
    await sent.remove(one);
    expect([await listed(user), await sent.find(one.jobId)]).toEqual([undefined, undefined]);
    const store = createMessageStore(database, { now: () => Date.now() });
    expect(
      await store.saveAnswer(jobOf(user, one), { end: completed, text: "답" }),
    ).toBeUndefined();
    const there = await database.call((db) =>
      db.select().from(conversations).where(eq(conversations.userId, user)),
    );
    expect(there).toEqual([]);
  });

  test("of a submit that is taken over are stored once", async () => {
    const [user, jobId] = [newUser(), Bun.randomUUIDv7()];
    const request = { message: "질문", chat_id: null };
    const first = await sent.add(user, jobId, request, 1);
    expect(await sent.add(user, jobId, request, 2)).toEqual(first);
    expect(await listed(user)).toMatchObject({ message_count: 1 });
  });
});
