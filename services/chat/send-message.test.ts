import { expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import { type SendDeps, sendMessage } from "./send-message.ts";

const sent = { jobId: "job", chatId: "chat", messageId: "message" };
const own = { name: "messages", limit: 9, remaining: 8, windowS: 60, resetS: 7 };

/** A submit whose publish has no confirm; writes down what becomes of its traces. */
function given(retract: () => Promise<boolean>) {
  const steps: string[] = [];
  const step = async (name: string) => void steps.push(name);
  const deps: SendDeps = {
    supportedModels: new Set(),
    clock: { now: () => 1_800_000_000_000 },
    newJobId: () => sent.jobId,
    checkImage: () => step("check image"),
    idempotency: {
      claim: async (_user, _key, _request, jobId) => ({ kind: "claimed", jobId }),
      confirm: () => step("confirm key"),
      release: () => step("release key"),
    },
    canPublish: () => true,
    checkMemory: async () => undefined,
    countSubmit: async () => ({ own, scope: undefined }),
    emitQueued: async () => retract,
    publish: async () => "unknown",
    sent: {
      add: async () => sent,
      find: async () => sent,
      remove: () => step("remove message"),
    },
  };
  const sending = sendMessage(deps, {
    userId: "u",
    chatId: undefined,
    request: { message: "페트병?" },
    idempotencyKey: "k",
    traceparent: "00-1-2-01",
  });
  return { sending, steps };
}

test("a message that is taken back leaves nothing behind", async () => {
  const { sending, steps } = given(async () => true);
  await expect(sending).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(steps).toEqual(["remove message", "release key"]);
});

test("a message that may be answered stays, and so does its key", async () => {
  const { sending, steps } = given(() => Promise.reject(new Fault("UNAVAILABLE")));
  await expect(sending).rejects.toMatchObject({ code: "SUBMIT_UNCONFIRMED" });
  expect(steps).toEqual([]);
});

test("a message whose answer has begun is accepted, though no confirm came", async () => {
  const { sending, steps } = given(async () => false);
  expect(await sending).toMatchObject({ answer: { job_id: sent.jobId }, replayed: false });
  expect(steps).toEqual(["confirm key"]);
});
