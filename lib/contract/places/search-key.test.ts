import { expect, test } from "bun:test";
import { bigrams, searchKey, searchWords } from "./search-key.ts";

test("names are compared by letters and digits alone", () => {
  expect(searchKey(" 재활용 센터(Ａ동)·2호 ".normalize("NFD"))).toBe("재활용센터a동2호");
  expect(searchWords("재활용  센터, 재활용 !")).toEqual(["재활용", "센터"]);
});

test("two letters are indexed, one has nothing to be found by", () => {
  expect(bigrams("강남구강남")).toEqual(["강남", "남구", "구강"]);
  expect(bigrams("강")).toEqual([]);
  expect(bigrams("😀가")).toEqual(["😀가"]);
});
