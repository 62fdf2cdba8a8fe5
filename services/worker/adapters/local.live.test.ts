import { afterAll, expect, test } from "bun:test";
import { unguarded } from "../scan-fixture.ts";
import { createLocalModel } from "./local.ts";
import { LocalDetector } from "./local-detector.ts";

const permit = unguarded(new AbortController().signal);
const detector = new LocalDetector();
const model = createLocalModel(detector.detect);
afterAll(() => detector.close());

test.each([
  ["wine-bottle", "유리병이에요", "유리병"],
  ["scissors", "", "일반종량제폐기물"],
  ["scissors", "가위는 어디에 버리나요?", "일반종량제폐기물"],
  ["citrus", "", "음식물류폐기물"],
  ["citrus", "귤 껍질이에요", "음식물류폐기물"],
])("the photo %s with the words %p is %s", async (photo, userInput, category) => {
  const said = await model.classify({ photo: await sample(photo), userInput }, permit);
  expect<string>(said.classification.middle_category).toBe(category);
  expect(said.question).toBeUndefined();
});

test.each([
  ["coffee-cup", "이 컵 어떻게 버려요?", "컵", "도자기컵인가요"],
  ["wine-bottle", "", "병", "유리병인가요"],
])(
  "the photo %s with the words %p is a %s of a material to ask for",
  async (photo, userInput, name, asked) => {
    const said = await model.classify({ photo: await sample(photo), userInput }, permit);
    expect(said.classification.major_category).toBe("미분류");
    expect(said.classification.minor_category).toBe(name);
    expect(said.question).toContain(asked);
  },
);

test("without a detector it works from words and says so", async () => {
  const photo = await sample("scissors");
  const words = createLocalModel(async () => undefined);
  const said = await words.classify({ photo, userInput: "신문지예요" }, permit);
  expect(said.classification.middle_category).toBe("종이");
  expect(said.question).toContain("사진을 볼 수 없어");
});

async function sample(name: string) {
  const file = Bun.file(new URL(`../../../infra/samples/${name}.jpg`, import.meta.url));
  return { bytes: await file.bytes(), mime: "image/jpeg" } as const;
}
