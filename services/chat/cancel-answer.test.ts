import { expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import { cancelAnswer, type JobDeps, type SentJob } from "./cancel-answer.ts";

const message: SentJob["message"] = {
  job_id: "job",
  chat_id: "chat",
  message_id: "message",
  user_id: "me",
  message: "페트병?",
  image_url: null,
  location: null,
  model: null,
  submitted_at: 1,
};

/** A job whose status is read as each of these in turn, and whose request comes too late. */
function cancelTooLate(...statuses: SentJob["status"][]) {
  const untouched = () => Promise.reject(new Error("the answer has ended"));
  const forget = async () => undefined;
  const deps: JobDeps = {
    requestCancel: async () => false,
    giveInput: untouched,
    sentJob: async () => ({ message, epoch: 0, status: statuses.shift() ?? "queued" }),
    events: {
      seal: untouched,
      emitChatEnd: untouched,
      isRetracted: untouched,
      forget,
    },
    messages: { saveAnswer: untouched },
  };
  return cancelAnswer(deps, "me", "job");
}

test("a cancel is answered alike when another one ends the answer after its status was read", async () => {
  const answer = await cancelTooLate("queued", "cancelled");
  expect(answer).toEqual({ job_id: "job", status: "cancelling" });
});

test("a cancel of an answer that is complete comes too late", async () => {
  const error: unknown = await cancelTooLate("queued", "completed").catch((reason) => reason);
  expect(error).toBeInstanceOf(Fault);
  expect(error).toMatchObject({ code: "CHAT_FINISHED" });
});
