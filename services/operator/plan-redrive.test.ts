import { describe, expect, test } from "bun:test";
import { ownershipGrant } from "#lib/testing/ownership-grant.ts";
import { glassAnswer, glassVision, scanMessage } from "#lib/testing/scan-message.ts";
import { planRedrive } from "./plan-redrive.ts";

const bare = scanMessage();
const classified = { ...bare, vision: glassVision };
const answered = { ...classified, answer: glassAnswer };

describe("redriving a scan", () => {
  test("resumes at its own task with every output, and pays for what is still to do", () => {
    expect(planRedrive("scan.vision", bare)).toMatchObject({
      to: "scan.vision",
      body: bare,
      pays: ["vision", "answer"],
    });
    expect(planRedrive("scan.answer", classified)).toMatchObject({
      to: "scan.answer",
      body: classified,
      pays: ["answer"],
    });
    expect(planRedrive("scan.reward", answered)).toMatchObject({
      to: "scan.reward",
      body: answered,
      pays: [],
    });
  });

  test("from an earlier stage strips the outputs from there on", () => {
    expect(planRedrive("scan.reward", answered, "rule")).toEqual({
      kind: "go",
      jobId: bare.job_id,
      to: "scan.rule",
      body: classified,
      pays: ["answer"],
    });
    const from = planRedrive("scan.reward", answered, "vision");
    expect(from).toMatchObject({ to: "scan.vision", pays: ["vision", "answer"] });
    expect(from.kind === "go" && from.body).toEqual(bare);
  });

  test("keeps fields it does not know", () => {
    const plan = planRedrive("scan.answer", { ...classified, locale: "ko" }, "vision");
    expect(plan.kind === "go" && plan.body).toEqual({ ...bare, locale: "ko" });
  });

  test("refuses a stage whose inputs the message does not carry", () => {
    expect(planRedrive("scan.vision", bare, "answer").kind).toBe("refused");
    expect(planRedrive("scan.answer", classified, "reward").kind).toBe("refused");
    expect(planRedrive("scan.rule", classified, "answer")).toMatchObject({ to: "scan.answer" });
  });

  test("pays for no answer where no regulation grounds one", () => {
    const unknown = {
      ...classified,
      vision: {
        ...classified.vision,
        classification: {
          major_category: "미분류",
          middle_category: "미분류",
          minor_category: null,
        },
      },
    };
    expect(planRedrive("scan.answer", unknown)).toMatchObject({ kind: "go", pays: [] });
  });
});

test("a grant goes back as it is and has no stages; an RPC and the unreadable are refused", () => {
  const grant = ownershipGrant();
  expect(planRedrive("users.save_character", grant)).toMatchObject({
    to: "users.save_character",
    body: grant,
    pays: [],
  });
  expect(planRedrive("users.save_character", grant, "vision").kind).toBe("refused");
  const match = { job_id: bare.job_id, user_id: "u", match_label: "유리병" };
  expect(planRedrive("character.match", match).kind).toBe("refused");
  expect(planRedrive("scan.vision", undefined).kind).toBe("refused");
});
