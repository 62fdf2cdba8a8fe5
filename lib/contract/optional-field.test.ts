import { expect, test } from "bun:test";
import * as v from "valibot";
import { optionalField } from "./optional-field.ts";

const Request = v.object({ model: optionalField(v.pipe(v.string(), v.maxLength(5))) });

test("null is as good as none", () => {
  expect(JSON.stringify(v.parse(Request, { model: null }))).toBe("{}");
  expect(JSON.stringify(v.parse(Request, { model: undefined }))).toBe("{}");
  expect(v.parse(Request, {})).toEqual({});
});

test("what is there is read, or refused, as it is", () => {
  expect(v.parse(Request, { model: "a" })).toEqual({ model: "a" });
  for (const model of ["longer", 7, false, [null]]) {
    expect(v.safeParse(Request, { model }).success).toBe(false);
  }
});
