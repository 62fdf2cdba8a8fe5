import { expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import { delivery, message, petVision, rehearse, unclassified } from "../rehearsal.ts";
import { ruleTask } from "./scan.rule.ts";

const classified = { ...message, vision: petVision };

test("the rule stage names the category's regulation, and passes the message on unchanged", async () => {
  const { deps, steps, updates, messages } = rehearse();
  await ruleTask(deps).run(classified, delivery);
  expect(steps).toEqual(["announce rule completed", "publish answer"]);
  expect(updates).toMatchObject([{ result: { regulation: "clear-pet-bottle" } }]);
  expect(messages).toEqual([classified]);
});

test("a category without a regulation is no failure: it is answered without one", async () => {
  const { deps, updates, messages } = rehearse();
  await ruleTask(deps).run({ ...message, vision: unclassified }, delivery);
  expect(updates).toMatchObject([{ status: "completed", result: { regulation: null } }]);
  expect(messages).toHaveLength(1);
});

test("a message without its classification is refused", async () => {
  const { deps, steps } = rehearse();
  await expect(ruleTask(deps).run(message, delivery)).rejects.toMatchObject({
    code: "MESSAGE_INVALID",
  });
  expect(steps).toEqual([]);
});

test("given up keeps what vision has found", async () => {
  const { deps, updates, results } = rehearse();
  await ruleTask(deps).onExhausted?.(classified, new Fault("TASK_TIMEOUT"), delivery);
  expect(updates.map(({ stage, status }) => `${stage} ${status}`)).toEqual([
    "rule failed",
    "done failed",
  ]);
  expect(results).toMatchObject([
    { status: "failed", vision: petVision, error: { code: "TASK_TIMEOUT" } },
  ]);
});
