import { expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import { createScanFixture, delivery, message, petVision, unclassified } from "../scan-fixture.ts";
import { ruleTask } from "./scan.rule.ts";

const classified = { ...message, vision: petVision };

test("the rule stage names the category's regulation, and passes the message on unchanged", async () => {
  const { deps, calls, steps, messages } = createScanFixture();
  await ruleTask(deps).run(classified, delivery);
  expect(calls).toEqual(["emit rule completed", "publish answer"]);
  expect(steps).toMatchObject([{ result: { regulation: "clear-pet-bottle" } }]);
  expect(messages).toEqual([classified]);
});

test("a category without a regulation is no failure: it is answered without one", async () => {
  const { deps, steps, messages } = createScanFixture();
  await ruleTask(deps).run({ ...message, vision: unclassified }, delivery);
  expect(steps).toMatchObject([{ status: "completed", result: { regulation: null } }]);
  expect(messages).toHaveLength(1);
});

test("a message without its classification is refused", async () => {
  const { deps, calls } = createScanFixture();
  await expect(ruleTask(deps).run(message, delivery)).rejects.toMatchObject({
    code: "MESSAGE_INVALID",
  });
  expect(calls).toEqual([]);
});

test("exhausted, it keeps what vision has found", async () => {
  const { deps, steps, results } = createScanFixture();
  await ruleTask(deps).onExhausted?.(classified, new Fault("TASK_TIMEOUT"), delivery);
  expect(steps.map(({ stage, status }) => `${stage} ${status}`)).toEqual([
    "rule failed",
    "done failed",
  ]);
  expect(results).toMatchObject([
    { status: "failed", vision: petVision, error: { code: "TASK_TIMEOUT" } },
  ]);
});
