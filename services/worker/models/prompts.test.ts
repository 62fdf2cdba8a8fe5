import { expect, test } from "bun:test";
import { findItem } from "#lib/contract/items/items.ts";
import { MAJORS, MIDDLES, RECYCLABLE } from "#lib/contract/vocabulary.ts";
import { prompts } from "./prompts.ts";

/** What each distinction of the vision prompt says of a category, as one line. */
const distinctions = prompts.vision
  .slice(prompts.vision.indexOf("3. Distinctions"), prompts.vision.indexOf("4. 미분류"))
  .replaceAll(/\s+/g, " ");

test("the vision prompt tells every category from the others", () => {
  const missing = [...MIDDLES, ...MAJORS].filter((name) => !distinctions.includes(name));
  expect(missing).toEqual([RECYCLABLE]);
});

/** The words of the prompt that the item dictionary knows by that name, and what the prompt says they are. */
test.each([
  ...["receipts", "photos", "wallpaper", "knives", "scissors", "umbrellas", "towels"],
  ...["lighters", "swimwear", "slippers", "pillows", "curtains", "toothbrushes", "pens"],
  ...["sponges", "CDs", "bones", "eggshells", "tea bags", "coffee grounds", "vitamins"],
])("%s are 일반종량제폐기물, in the prompt as in the dictionary", (name) => {
  const sentence = distinctions
    .split(". ")
    .find((one) => one.toLowerCase().includes(name.toLowerCase()));
  expect(sentence).toEndWith("일반종량제폐기물");
  expect<string | undefined>(findItem(name)?.category ?? name).toBe("일반종량제폐기물");
});
