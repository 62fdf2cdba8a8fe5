import { expect, test } from "bun:test";
import type { ChatRun, ChatTurn } from "#lib/chat/turn.ts";
import { converse } from "./converse.ts";

const turn: ChatTurn = {
  jobId: "job",
  chatId: "chat",
  messageId: "message",
  userId: "user",
  message: "투명 페트병 라벨 떼야 하나요?",
  imageUrl: null,
  location: null,
  model: null,
  history: { summary: null, messages: [] },
};

/** A run that keeps its text. */
function startRun(written = "") {
  let text = written;
  const run: ChatRun = {
    signal: new AbortController().signal,
    written,
    once: (_, work) => work(),
    write: async (more) => {
      text += more;
    },
    replace: async (whole) => {
      text = whole;
    },
    ask: async () => null,
  };
  return { run, text: () => text };
}

test("an answer names its source and says that it is an estimate", async () => {
  const { run, text } = startRun();
  const { sources, intents, title } = await converse(turn, run);
  expect(intents).toEqual(["waste"]);
  expect(sources[0]).toMatchObject({ type: "regulation", url: expect.stringMatching(/^https/) });
  expect(text()).toContain(sources[0]?.title ?? "no source");
  expect(text()).toStartWith("[로컬 추정]");
  expect(title).toBe("투명 페트병 라벨 떼야 하나요?");
});

test("a redelivery goes on with the same text, or replaces what it does not know", async () => {
  const first = startRun();
  await converse(turn, first.run);
  for (const written of [first.text().slice(0, 25), "무언가 다른 글"]) {
    const { run, text } = startRun(written);
    await converse(turn, run);
    expect(text()).toBe(first.text());
  }
});

test("what no source covers it says so", async () => {
  const { run, text } = startRun();
  const { sources } = await converse({ ...turn, message: "오늘 날씨 어때요?" }, run);
  expect(sources).toEqual([]);
  expect(text()).toContain("찾지 못했어요");
});
