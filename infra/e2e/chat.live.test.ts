import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type ChatReader, createChatReader } from "../harness/chat-reader.ts";
import { type Harness, startHarness } from "./harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ OPENAI_BASE_URL: "" });
}, 60_000);
afterAll(() => harness.stop(), 60_000);

const newReader = (): ChatReader =>
  createChatReader(harness.origin, { "x-user-id": `user-${crypto.randomUUID()}` });
const question = "투명 페트병 라벨 떼야 하나요?";

describe("a chat", () => {
  test("streams an answer whose tokens are the stored message, and names its source", async () => {
    const chat = newReader();
    const sent = await chat.send({ message: question });
    expect(sent).toMatchObject({
      status: "queued",
      stream_url: `/api/v1/chat/${sent.job_id}/events`,
    });
    const { events, text, end } = await chat.follow(sent.job_id);
    expect(end).toBe("done");
    const ids = events.map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    expect(new Set(ids).size).toBe(ids.length);
    const { messages } = await chat.read(sent.chat_id);
    expect(messages.map(({ role, status }) => [role, status])).toEqual([
      ["user", "completed"],
      ["assistant", "completed"],
    ]);
    expect(messages[0]).toMatchObject({ id: sent.message_id, content: question });
    expect(messages[1]?.content).toBe(text);
    expect(messages[1]?.sources[0]?.url).toMatch(/^https/);
    const [listed] = (await chat.list()).chats;
    expect(listed).toMatchObject({ id: sent.chat_id, message_count: 2, title: question });
  }, 30_000);

  test("resumes at any character, and shows late comers a snapshot", async () => {
    const chat = newReader();
    const sent = await chat.send({ message: question });
    const whole = await chat.follow(sent.job_id);
    for (const { id } of whole.events.slice(0, -1)) {
      const before = whole.events.filter((event) => event.id <= id);
      const rest = await chat.follow(sent.job_id, { after: id });
      expect(chat.textOf([...before, ...rest.events])).toBe(whole.text);
      expect(rest.events.some(({ event }) => event === "snapshot")).toBe(false);
    }
    const late = await chat.follow(sent.job_id);
    expect(late.events.filter(({ event }) => event === "snapshot")).toHaveLength(1);
    expect(late.text).toBe(whole.text);
    const last = whole.events.at(-1)?.id ?? 0;
    expect(
      await chat.status(`/api/v1/chat/stream?job_id=${sent.job_id}&last_event_id=${last}`),
    ).toBe(204);
  }, 30_000);

  test("is its owner's alone", async () => {
    const [chat, stranger] = [newReader(), newReader()];
    const sent = await chat.send({ message: question });
    await chat.follow(sent.job_id);
    const statuses = await Promise.all([
      stranger.status(`/api/v1/chat/${sent.job_id}/events`),
      stranger.status(`/api/v1/chat/stream?job_id=${sent.job_id}`),
      stranger.status(`/api/v1/chat/${sent.chat_id}`),
      stranger.status(`/api/v1/chat/${sent.chat_id}`, "DELETE"),
      stranger.status(`/api/v1/chat/jobs/${sent.job_id}`, "DELETE"),
      stranger.status(`/api/v1/chat/${sent.chat_id}/messages`, "POST", { message: "안녕" }),
      stranger.status(`/api/v1/chat/jobs/${sent.job_id}/input`, "POST", { type: "cancel" }),
    ]);
    expect(statuses).toEqual([404, 404, 404, 404, 404, 404, 404]);
  }, 30_000);
});
