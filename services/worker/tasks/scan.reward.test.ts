import { describe, expect, test } from "bun:test";
import type { FinalAnswer } from "#lib/contract/answer.ts";
import type { ClassificationResult } from "#lib/contract/classification.ts";
import { Fault } from "#lib/error/fault.ts";
import type { StoredResult } from "#lib/scan/scan-result.ts";
import { ownershipGrant } from "#lib/testing/ownership-grant.ts";
import { petReward } from "#lib/testing/pet-bottle.ts";
import {
  createScanFixture,
  delivery,
  message,
  petAnswer,
  petty,
  petVision,
  unclassified,
} from "../scan-fixture.ts";
import { rewardTask } from "./scan.reward.ts";

const answered = { ...message, vision: petVision, answer: petAnswer };
const granted = ownershipGrant({ job_id: message.job_id, user_id: "u" });
describe("the reward stage", () => {
  test("has both grants with the broker, then the result stored, before the end is seen", async () => {
    const { deps, calls, grants, steps, results } = createScanFixture({ matchReply: petty });
    await rewardTask(deps).run(answered, delivery);
    expect(calls).toEqual([
      "match",
      "grant ownership",
      "grant user character",
      "save completed",
      "emit reward completed, done completed, with result",
    ]);
    expect(grants).toEqual([granted, granted]);
    expect(results).toEqual([
      { status: "completed", vision: petVision, answer: petAnswer, reward: petReward, error: null },
    ]);
    // The event shows the character; its dialog stands in the result.
    expect(steps.map(({ result }) => result)).toEqual([
      { received: true, character_code: "char-petty", name: "페티" },
      null,
    ]);
  });

  const unmet: [name: string, vision: ClassificationResult, answer: FinalAnswer][] = [
    ["an estimate", { ...petVision, meta: { ...petVision.meta, estimate: true } }, petAnswer],
    ["no recyclable", { ...petVision, classification: major("대형폐기물") }, petAnswer],
    ["of no known material", { ...petVision, classification: major("재활용폐기물") }, petAnswer],
    ["unclassified", unclassified, petAnswer],
    ["not ready to be thrown away", petVision, { ...petAnswer, insufficiencies: ["헹궈 주세요."] }],
  ];
  test.each(unmet)(
    "asks for no character when the item is %s, and the scan completes",
    async (_, vision, answer) => {
      const { deps, calls, results } = createScanFixture({ matchReply: petty });
      await rewardTask(deps).run({ ...message, vision, answer }, delivery);
      expect(calls).toEqual([
        "save completed",
        "emit reward completed, done completed, with result",
      ]);
      expect(results).toMatchObject([{ status: "completed", reward: null }]);
    },
  );

  const submittedAgo = (ms: number) => ({ ...answered, submitted_at: 1_800_000_000_000 - ms });

  test.each<[number, number | undefined]>([
    [10_000, undefined],
    [120_000, 30_000],
  ])(
    "without a reply from the match the scan completes, and the message is deferred",
    async (ageMs, retryAfterMs) => {
      const broken = { match: new Fault("UNAVAILABLE") };
      const { deps, calls, results } = createScanFixture({ broken });
      const tried = rewardTask(deps).run(submittedAgo(ageMs), delivery);
      await expect(tried).rejects.toMatchObject({ code: "UNAVAILABLE", retryAfterMs });
      expect(calls.filter((step) => step.startsWith("grant"))).toEqual([]);
      expect(results).toMatchObject([{ status: "completed", reward: null }]);
    },
  );

  test("decided after its scan has ended is granted first, then added to the result", async () => {
    const standing = {
      status: "completed",
      vision: petVision,
      answer: petAnswer,
      reward: null,
      error: null,
    } as const;
    const { deps, calls, grants, results } = createScanFixture({ matchReply: petty, standing });
    await rewardTask(deps).run(answered, delivery);
    expect(grants).toEqual([granted, granted]);
    expect(calls.indexOf("save reward")).toBeGreaterThan(calls.indexOf("grant user character"));
    expect(results.at(-1)).toEqual({ ...standing, reward: petReward });
  });

  test("that nobody decides for a day goes to the dead letters", async () => {
    const { deps } = createScanFixture({ broken: { match: new Fault("UNAVAILABLE") } });
    const tried = rewardTask(deps).run(submittedAgo(25 * 3_600_000), delivery);
    await expect(tried).rejects.toMatchObject({ kind: { onMessage: "bug" } });
  });

  test("for a material that no character has grants nothing", async () => {
    const { deps, results } = createScanFixture({
      matchReply: { character: null, already_owned: false },
    });
    await rewardTask(deps).run(answered, delivery);
    expect(results).toMatchObject([{ status: "completed", reward: null }]);
  });

  test("shows a character the user owns already, and grants it not again", async () => {
    const { deps, calls, results } = createScanFixture({
      matchReply: { ...petty, already_owned: true },
    });
    await rewardTask(deps).run(answered, delivery);
    expect(calls.filter((step) => step.startsWith("grant"))).toEqual([]);
    expect(results).toMatchObject([{ reward: { received: false, already_owned: true } }]);
  });

  test.each(["grant ownership", "grant user character"])(
    "without the broker's confirm of `%s` does not end: the message comes again",
    async (name) => {
      const fault = new Fault("UNAVAILABLE");
      const { deps, calls } = createScanFixture({ matchReply: petty, broken: { [name]: fault } });
      await expect(rewardTask(deps).run(answered, delivery)).rejects.toBe(fault);
      expect(calls).not.toContain("save completed");
    },
  );

  test("emits nothing while the result is not stored", async () => {
    const broken = { "save completed": new Fault("UNAVAILABLE") };
    const { deps, calls } = createScanFixture({ matchReply: petty, broken });
    await expect(rewardTask(deps).run(answered, delivery)).rejects.toThrow();
    expect(calls.at(-1)).toBe("save completed");
  });

  test("delivered again emits the result that stands, not its own", async () => {
    const error = { code: "TASK_TIMEOUT", message: "늦었어요." };
    const standing: StoredResult = {
      status: "failed",
      vision: petVision,
      answer: petAnswer,
      reward: null,
      error,
    };
    const { deps, steps, results } = createScanFixture({ matchReply: petty, standing });
    await rewardTask(deps).run(answered, delivery);
    expect(results).toEqual([standing]);
    expect(steps).toEqual([
      { stage: "reward", status: "failed", result: error },
      { stage: "done", status: "failed", result: error },
    ]);
  });

  test("exhausted, it keeps the answer: the user came for the disposal steps", async () => {
    const { deps, results } = createScanFixture();
    await rewardTask(deps).onExhausted?.(answered, new Fault("TASK_TIMEOUT"), delivery);
    expect(results).toMatchObject([{ status: "failed", vision: petVision, answer: petAnswer }]);
  });
});

function major(name: "대형폐기물" | "재활용폐기물"): ClassificationResult["classification"] {
  return { major_category: name, middle_category: name, minor_category: null };
}
