import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { Classification } from "#lib/contract/classification.ts";
import { findItem } from "#lib/contract/items/items.ts";
import { estimate } from "./estimate.ts";
import { COCO_OBJECTS } from "./photo-object.ts";

test("words that name an item win over a photo that does not tell the material", () => {
  const said = estimate("유리병이에요", seeing(["병", 0.72], ["유리잔", 0.53]));
  expect(said.classification.middle_category).toBe("유리병");
  expect(said.question).toBeUndefined();
});

test("words win over a weak sighting of something else", () => {
  const said = estimate("베개 버리고 싶어요", seeing(["침대", 0.45]));
  expect(said.classification.minor_category).toBe("베개");
});

test("words that the photo clearly contradicts settle nothing and are asked about", () => {
  const said = estimate("유리병이에요", seeing(["가위", 0.7]));
  expect(said.classification.major_category).toBe("미분류");
  expect(said.question).toContain("유리병");
  expect(said.question).toContain("가위");
});

test("of several items of different categories the one in the photo is meant", () => {
  const said = estimate("가위 말고 캔이랑 신문지요", seeing(["책", 0.5]));
  expect(said.classification.middle_category).toBe("종이");
  const unsure = estimate("신문지랑 가위요", []);
  expect(unsure.classification.major_category).toBe("미분류");
  expect(unsure.question).toContain("신문지");
  expect(unsure.question).toContain("가위");
});

describe("what the user's words name is never replaced by what the detector saw", () => {
  test.each([
    ["주사바늘이에요", "오렌지", "일반종량제폐기물"],
    ["치약 다 썼어요", "컵", "플라스틱류"],
    ["부푼 보조배터리예요", "휴대폰", "전지"],
    ["수은 체온계인데 깨졌어요", "칫솔", "생활계유해폐기물"],
    ["부탄가스 남은 거", "병", "금속류"],
    ["깨진 유리컵", "식탁", "불연성종량제폐기물"],
    ["면도날이요", "사과", "일반종량제폐기물"],
    ["라돈 침대예요", "침대", "생활계유해폐기물"],
    ["페인트 남은 통", "컵", "생활계유해폐기물"],
    ["먹다 남은 알약", "바나나", "생활계유해폐기물"],
    ["손선풍기 배터리가 부풀었어요", "리모컨", "전지"],
    ["형광등 깨졌어요", "책", "불연성종량제폐기물"],
  ])("%p beside %s", (words, shown, category) => {
    const said = estimate(words, seeing([shown, 0.9]));
    expect<string>(said.classification.middle_category).toBe(category);
  });

  test("an unknown word is said to be unknown and asked about", () => {
    const said = estimate("뭉뚱쇠예요", seeing(["오렌지", 0.9]));
    expect(said.classification).toMatchObject({
      major_category: "미분류",
      minor_category: "뭉뚱쇠",
    });
    expect(said.question).toContain("모르는 물건");
  });

  test("of several things the dangerous one is never dropped for the one in the photo", () => {
    const said = estimate("바나나랑 주사기", seeing(["바나나", 0.9]));
    expect(said.classification.major_category).toBe("미분류");
    expect(said.question).toStartWith("'주사기': 일반종량제폐기물");
  });
});

test("what belongs to no category is called by its name, without a wrong one", () => {
  const { classification } = estimate("식용유 버리고 싶어요", []);
  expect(classification).toMatchObject({ major_category: "미분류", minor_category: "식용유" });
});

test("an object whose material is open is named and asked about with its candidates", () => {
  const said = estimate("이 컵 어떻게 버려요?", seeing(["컵", 0.48]));
  expect(said.classification).toEqual({
    major_category: "미분류",
    middle_category: "미분류",
    minor_category: "컵",
  });
  expect(said.question).toContain("종이컵인가요");
  expect(said.question).toContain("도자기컵인가요");
});

test("a mentioned material answers that question", () => {
  const said = estimate("페트로 된 거예요", seeing(["병", 0.7]));
  expect(said.classification.middle_category).toBe("무색페트병");
});

test("the bare name of such an object is no answer to it", () => {
  expect(estimate("이 병 어떻게 버려요?", seeing(["병", 0.7])).question).toContain("유리병인가요");
});

test("the item is preferred to the furniture it lies on", () => {
  const said = estimate("", seeing(["식탁", 0.8], ["바나나", 0.5]));
  expect(said.classification.major_category).toBe("음식물류폐기물");
});

test("people, animals and vehicles are not waste", () => {
  const said = estimate("", seeing(["고양이", 0.9]));
  expect(said.classification.major_category).toBe("미분류");
  expect(said.question).toContain("고양이");
});

test("without a detector it says that it only has words to go by", () => {
  expect(estimate("", undefined).question).toContain("사진을 볼 수 없어");
  const said = estimate("신문지예요", undefined);
  expect(said.classification.middle_category).toBe("종이");
  expect(said.question).toContain("사진을 볼 수 없어");
});

test("a state the user mentions becomes a tag", () => {
  expect(estimate("와인병인데 술이 남아 있어요", []).situation_tags).toEqual(["내용물_있음"]);
});

test("what is recyclable only while whole is not when broken", () => {
  const said = estimate("와인병인데 깨졌어요", seeing(["병", 0.7]));
  expect(said.classification.middle_category).toBe("불연성종량제폐기물");
  expect(said.situation_tags).toEqual(["깨짐"]);
});

test("every judgement is a valid classification, whatever is seen and said", () => {
  for (const [index] of COCO_OBJECTS.entries()) {
    for (const words of ["", "유리", "종이컵", "병", "버려 주세요"]) {
      const { classification } = estimate(words, [{ index, score: 0.7 }]);
      expect(v.parse(Classification, classification)).toEqual(classification);
    }
  }
  expect(estimate("", [{ index: 999, score: 1 }]).classification.major_category).toBe("미분류");
});

describe("the table of objects", () => {
  test("has the 80 classes of COCO", () => expect(COCO_OBJECTS).toHaveLength(80));

  test("agrees with the item vocabulary wherever both know a thing", () => {
    const known = COCO_OBJECTS.flatMap((object) => {
      if (object.kind === "ambiguous") return object.candidates;
      return object.kind === "certain" ? [object] : [];
    });
    const differing = known.filter(({ name, category }) => {
      const item = findItem(name);
      return item && item.category !== category && item.category !== "미분류";
    });
    expect(differing).toEqual([]);
  });

  test("never asks a question that has only one answer", () => {
    for (const object of COCO_OBJECTS) {
      if (object.kind !== "ambiguous") continue;
      const categories = new Set(object.candidates.map(({ category }) => category));
      expect(categories.size, object.name).toBeGreaterThan(1);
    }
  });
});

function seeing(...objects: [name: string, score: number][]) {
  return objects.map(([name, score]) => {
    const index = COCO_OBJECTS.findIndex((object) => object.name === name);
    expect(index, name).toBeGreaterThanOrEqual(0);
    return { index, score };
  });
}

test("a thing nobody knows is named with the particle that its name takes", () => {
  expect(estimate("돌하르방 버리는 법", []).question).toStartWith("'돌하르방'은 아직 모르는");
  expect(estimate("꼭다리깨비 버리는 법", []).question).toStartWith("'꼭다리깨비'는 아직 모르는");
});
