import { describe, expect, test } from "bun:test";
import { STEPS_MAX } from "./answer.ts";
import { findItem, ITEMS } from "./items/items.ts";
import {
  detailSteps,
  findRegulation,
  generalRecyclable,
  REGULATIONS,
  regulationByKey,
} from "./regulations.ts";
import { RECYCLABLE } from "./vocabulary.ts";

const hostile = [
  "../../etc/passwd",
  "__proto__",
  "constructor",
  "toString",
  "",
  " 종이",
  "종이\0",
  "regulations/paper.json",
  "재활용폐기물_공통",
];

function findMaterial(middle: string) {
  const found = findRegulation({ major_category: RECYCLABLE, middle_category: middle });
  if (!found) throw new Error(`no regulation for ${middle}`);
  return found;
}

describe("finding a regulation", () => {
  test.each(hostile)("%p finds nothing, whichever field it is in", (text) => {
    expect(findRegulation({ major_category: text, middle_category: text })).toBeUndefined();
    expect(findRegulation({ major_category: text, middle_category: "종이" })).toBeUndefined();
    expect(findRegulation({ major_category: RECYCLABLE, middle_category: text })).toBeUndefined();
    expect(regulationByKey(text)).toBeUndefined();
  });

  test("a recyclable is found by its material, everything else by its major", () => {
    expect(findMaterial("유리병").key).toBe("glass-bottle");
    expect(findMaterial(RECYCLABLE).key).toBe("recyclable");
    const food = { major_category: "음식물류폐기물", middle_category: "종이" };
    expect(findRegulation(food)?.key).toBe("food");
  });

  test("a major is no material: the two never meet", () => {
    const mixed = { major_category: RECYCLABLE, middle_category: "음식물류폐기물" };
    expect(findRegulation(mixed)).toBeUndefined();
    const materialAsMajor = { major_category: "종이", middle_category: "종이" };
    expect(findRegulation(materialAsMajor)).toBeUndefined();
  });

  test("by key, every regulation is found, the general one too", () => {
    expect(REGULATIONS.map(({ key }) => regulationByKey(key))).toEqual([...REGULATIONS]);
    expect(regulationByKey("recyclable-general")).toBe(generalRecyclable);
  });
});

describe.each(REGULATIONS.map((regulation) => [regulation.이름, regulation] as const))(
  "%s",
  (_, regulation) => {
    const details = Object.entries(regulation.배출방법_세부);
    const steps = [...regulation.배출방법_공통, ...details.flatMap(([, lines]) => lines)];

    test("is complete, of a readable length, and names its public source", () => {
      expect(regulation.대상_품목.length).toBeGreaterThanOrEqual(1);
      expect(regulation.배출방법_공통.length).toBeGreaterThanOrEqual(3);
      expect(regulation.배출방법_공통.length).toBeLessThanOrEqual(6);
      expect(details.length).toBeGreaterThanOrEqual(3);
      expect(details.filter(([, lines]) => lines.length === 0)).toEqual([]);
      expect(Math.max(...details.map(([, lines]) => lines.length))).toBeLessThanOrEqual(STEPS_MAX);
      expect(regulation.배출불가_품목_안내.length).toBeGreaterThanOrEqual(3);
      expect(regulation.아이콘_절차.length).toBeGreaterThanOrEqual(3);
      expect(regulation.아이콘_절차.length).toBeLessThanOrEqual(5);
      expect(regulation.출처.제목).toMatch(/[가-힣]/);
      // A URI has no letters beyond ASCII: not every client mends them.
      expect(regulation.출처.주소).toMatch(/^https:\/\/[!-~]+$/);
      expect(regulation.출처.제목).toContain("기후에너지환경부");
    });

    test("speaks in whole, polite Korean sentences without stray spaces", () => {
      const sentences = [regulation.대상_설명, ...steps, ...regulation.배출불가_품목_안내];
      const broken = sentences.filter(
        (text) => !/[가-힣](?:요)\.$/.test(text) || /\s{2}|^\s|\s$|\s[.,]/.test(text),
      );
      expect(broken).toEqual([]);
      expect(sentences.filter((text) => text.length > 120)).toEqual([]);
      const labels = [...regulation.대상_품목, ...regulation.아이콘_절차];
      expect(labels.filter((label) => !/[가-힣]/.test(label) || label.trim() !== label)).toEqual(
        [],
      );
    });

    test("special cases are about items of its own, each item in one of them at most", () => {
      if (!ITEMS.some((item) => item.category === regulation.이름)) return;
      const keys = details.map(([key]) => key.split("·").map(findItem));
      expect(keys.flat().filter((item) => item?.category !== regulation.이름)).toEqual([]);
      const items = keys.flatMap((ofKey) => [...new Set(ofKey)]);
      expect(new Set(items).size).toBe(items.length);
    });
  },
);

describe("special steps of one item", () => {
  test("an item of a group and its alias get the steps of the group", () => {
    const metal = findMaterial("금속류");
    expect(detailSteps(metal, "부탄가스")[0]).toContain("끝까지");
    expect(detailSteps(metal, "부탄가스통")).toEqual(detailSteps(metal, "스프레이 캔"));
  });

  test("a name that is part of another gets none of the other's steps", () => {
    expect(detailSteps(findMaterial("금속류"), "캔")).toEqual([]);
    expect(detailSteps(findMaterial("유리병"), "유리병")).toEqual([]);
    expect(detailSteps(findMaterial("종이"), "종이")).toEqual([]);
  });

  test("hostile names have no steps", () => {
    for (const text of hostile) expect(detailSteps(findMaterial("종이팩"), text)).toEqual([]);
  });
});
