import { expect, test } from "bun:test";
import { fingerprint } from "#lib/scan-store/idempotency.ts";
import { SubmitRequest } from "../scan.ts";

const fields = Object.keys(SubmitRequest.entries);
/** A request with a value in every field the schema has, today or later. */
const whole: SubmitRequest = {
  image_url: "https://cdn.example.com/a.jpg",
  user_input: "이거?",
  ...Object.fromEntries(fields.map((name) => [name, `a ${name}`])),
};

test.each(fields)("another %s is another request, and so is none", (name) => {
  const requests = [whole, { ...whole, [name]: "another" }, { ...whole, [name]: undefined }];
  expect(new Set(requests.map(fingerprint)).size).toBe(3);
});

test("the same fields in another order are the same request", () => {
  const one: SubmitRequest = { image_url: "https://a.example/a.jpg", user_input: "", model: "m" };
  const other: SubmitRequest = { model: "m", user_input: "", image_url: "https://a.example/a.jpg" };
  expect(fingerprint(other)).toBe(fingerprint(one));
});
