import { expect, test } from "bun:test";
import { MAJORS, MIDDLES, RECYCLABLE } from "#lib/contract/vocabulary.ts";
import { rewardedMaterial } from "./reward.ts";
import { petAnswer, petVision } from "./scan-fixture.ts";

const withCategories = (
  major_category: (typeof MAJORS)[number],
  middle_category: (typeof MAJORS)[number] | (typeof MIDDLES)[number],
) => ({
  ...petVision,
  classification: { major_category, middle_category, minor_category: null },
});

test("every material of a recyclable earns its own character", () => {
  const earned = MIDDLES.map((middle) =>
    rewardedMaterial(withCategories(RECYCLABLE, middle), petAnswer),
  );
  expect(earned).toEqual([...MIDDLES]);
});

test("no category without a material earns anything", () => {
  for (const major of MAJORS) {
    expect(rewardedMaterial(withCategories(major, major), petAnswer)).toBeUndefined();
  }
});

test("a material under another category earns nothing, however it came to stand there", () => {
  for (const major of MAJORS.filter((one) => one !== RECYCLABLE)) {
    expect(rewardedMaterial(withCategories(major, "종이"), petAnswer)).toBeUndefined();
  }
});

test("an estimate earns nothing", () => {
  const estimate = { ...petVision, meta: { ...petVision.meta, estimate: true } };
  expect(rewardedMaterial(estimate, petAnswer)).toBeUndefined();
});

test.each(["dictionary", "words"] as const)(
  "a category that the %s decided earns nothing",
  (by) => {
    const settled = { ...petVision, meta: { ...petVision.meta, settled_by: by } };
    expect(rewardedMaterial(settled, petAnswer)).toBeUndefined();
  },
);

test("what is not ready to be thrown away earns nothing", () => {
  const todo = { ...petAnswer, insufficiencies: ["라벨을 떼어 주세요."] };
  expect(rewardedMaterial(petVision, todo)).toBeUndefined();
});
