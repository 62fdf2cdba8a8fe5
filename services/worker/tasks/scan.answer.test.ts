import { describe, expect, test } from "bun:test";
import { generalRecyclable } from "#lib/contract/regulations.ts";
import { Fault } from "#lib/error/fault.ts";
import {
  createScanFixture,
  delivery,
  message,
  petAnswer,
  petVision,
  unclassified,
} from "../scan-fixture.ts";
import { answerTask } from "./scan.answer.ts";

const classified = { ...message, vision: petVision };
const bulky = {
  ...petVision,
  classification: {
    major_category: "대형폐기물",
    middle_category: "대형폐기물",
    minor_category: "의자",
  },
} as const;

describe("the answer stage", () => {
  test("asks the model, keeps the checkpoint with the event, and only then publishes the next message", async () => {
    const { deps, calls, messages } = createScanFixture();
    await answerTask(deps).run(classified, delivery);
    expect(calls).toEqual([
      "emit answer started",
      "model answer",
      "emit answer completed, with answer",
      "publish reward",
    ]);
    expect(messages).toEqual([{ ...classified, answer: petAnswer }]);
  });

  test("grounds the answer in the regulation and, for a recyclable, the general principles", async () => {
    const { deps, asked } = createScanFixture();
    await answerTask(deps).run(classified, delivery);
    expect(asked).toMatchObject([
      { userInput: "이거?", regulation: { 이름: "무색페트병" }, general: generalRecyclable },
    ]);
  });

  test("keeps the principles of recyclables away from every other category", async () => {
    const { deps, asked } = createScanFixture();
    await answerTask(deps).run({ ...message, vision: bulky }, delivery);
    expect(asked).toMatchObject([{ regulation: { 이름: "대형폐기물" } }]);
    expect(asked[0]).not.toHaveProperty("general");
  });

  test("without a regulation gives the fallback, and no model is paid", async () => {
    const { deps, calls, messages } = createScanFixture();
    await answerTask(deps).run({ ...message, vision: unclassified }, delivery);
    expect(calls).not.toContain("model answer");
    expect(messages).toHaveLength(1);
    expect(messages[0]?.answer?.user_answer).toContain("돌하르방");
  });

  test("that finds its checkpoint pays no model, but emits its event and publishes all the same", async () => {
    const { deps, calls, messages } = createScanFixture({ checkpoints: { answer: petAnswer } });
    await answerTask(deps).run(classified, delivery);
    expect(calls).toEqual(["emit answer completed, with answer", "publish reward"]);
    expect(messages).toEqual([{ ...classified, answer: petAnswer }]);
  });

  test("of a scan that has ended does nothing: a late copy would pay again", async () => {
    const { deps, calls } = createScanFixture({ isOver: true });
    await answerTask(deps).run({ ...message, vision: petVision }, delivery);
    expect(calls).toEqual([]);
  });

  test("passes the model's fault on, and exhausted keeps what vision has found", async () => {
    const fault = new Fault("MODEL_REFUSED");
    const { deps, calls, results } = createScanFixture({ broken: { "model answer": fault } });
    await expect(answerTask(deps).run(classified, delivery)).rejects.toBe(fault);
    expect(calls).not.toContain("publish reward");
    await answerTask(deps).onExhausted?.(classified, fault, delivery);
    expect(calls.slice(-2)).toEqual([
      "save failed",
      "emit answer failed, done failed, with result",
    ]);
    expect(results).toMatchObject([
      { vision: petVision, answer: null, error: { code: "MODEL_REFUSED" } },
    ]);
  });
});
