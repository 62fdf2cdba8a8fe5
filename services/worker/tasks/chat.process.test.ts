import { expect, test } from "bun:test";
import type { HeldChat } from "#lib/chat/chat-events.ts";
import { type ChatMessage, toTurn } from "#lib/chat/chat-message.ts";
import { Fault } from "#lib/error/fault.ts";
import { delivery } from "../scan-fixture.ts";
import { type ChatDeps, chatTask } from "./chat.process.ts";

const message: ChatMessage = {
  job_id: "019bd000-0000-7000-8000-000000000001",
  user_id: "u",
  chat_id: "019bd000-0000-7000-8000-000000000002",
  message_id: "019bd000-0000-7000-8000-000000000003",
  message: "우유갑은 어디에 버려요?",
  image_url: null,
  location: null,
  model: null,
  submitted_at: 1_700_000_000_000,
};

/** A chat whose answer fails with the fault; `calls` says what becomes of it. */
function failing(fault: Fault) {
  const calls: string[] = [];
  const call = async (name: string) => void calls.push(name);
  const held: HeldChat = {
    job: { message, epoch: 0 },
    written: "",
    checkpoint: () => undefined,
    emit: () => call("emit"),
    write: () => undefined,
    replace: () => undefined,
    flush: () => call("flush"),
    ask: async () => undefined,
    seal: async (end) => ({ end, text: "" }),
    release: () => call("release"),
  };
  const deps: ChatDeps = {
    clock: { now: () => 1_800_000_000_000 },
    events: {
      begin: async () => held,
      seal: async (_, end) => ({ end, text: "" }),
      emitChatEnd: () => call("end"),
      isRetracted: async () => false,
      forget: () => call("forget"),
    },
    messages: { saveAnswer: async () => ({ messageId: message.message_id, status: "failed" }) },
    loadTurn: async () => toTurn(message, { summary: null, messages: [] }),
    converse: () => Promise.reject(fault),
  };
  return { task: chatTask(deps), calls };
}

test("an answer that runs again is shown as far as it goes, and free for the next delivery", async () => {
  const fault = new Fault("UNAVAILABLE");
  const { task, calls } = failing(fault);
  await expect(task.run(message, delivery)).rejects.toBe(fault);
  expect(calls).toEqual(["flush", "release"]);
});

test("an answer that has failed for good is held up to its end: a copy of its message would be paid", async () => {
  const fault = new Fault("MODEL_REFUSED");
  const { task, calls } = failing(fault);
  await expect(task.run(message, delivery)).rejects.toBe(fault);
  expect(calls).toEqual(["flush"]);
  await task.onExhausted?.(message, fault, delivery);
  expect(calls).toEqual(["flush", "end"]);
});
