import { expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import { keepOutput } from "./keep-output.ts";
import { createScanFixture, delivery, message, petVision } from "./scan-fixture.ts";
import { answerTask } from "./tasks/scan.answer.ts";
import { visionTask } from "./tasks/scan.vision.ts";

test.each(["vision", "answer"] as const)(
  "a store that is away when %s has been paid costs no second call",
  async (stage) => {
    const { deps, calls, messages } = createScanFixture();
    let isAway = true;
    const { emit } = deps.events;
    deps.events.emit = async (...given) => {
      if (isAway) {
        isAway = false;
        throw new Fault("UNAVAILABLE");
      }
      await emit(...given);
    };
    const run = { vision: visionTask, answer: answerTask }[stage](deps).run;
    await run({ ...message, vision: petVision }, delivery);
    expect(calls.filter((call) => call.startsWith("model"))).toHaveLength(1);
    expect(messages).toHaveLength(1);
  },
);

test("past the soft limit the message goes back", async () => {
  const fault = new Fault("UNAVAILABLE");
  const limit = new AbortController();
  let writes = 0;
  const write = async () => {
    if (++writes === 3) limit.abort();
    throw fault;
  };
  await expect(keepOutput(write, limit.signal, { againMs: 0 })).rejects.toBe(fault);
  expect(writes).toBe(3);
});

test.each([new Fault("CANCELLED"), new Error("a defect")])(
  "what trying again does not mend is not waited for: %p",
  async (error) => {
    const write = () => Promise.reject(error);
    await expect(keepOutput(write, new AbortController().signal)).rejects.toBe(error);
  },
);
