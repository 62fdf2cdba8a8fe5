import { expect, test } from "bun:test";
import { DrizzleQueryError } from "drizzle-orm";
import { explainError } from "./explain-error.ts";
import { Fault } from "./fault.ts";

const withCode = (message: string, code: string) => Object.assign(new Error(message), { code });
const endless = new Error("endless");
endless.cause = endless;

test.each<[string, unknown, string]>([
  ["an error without a cause", new Error("no route"), "no route"],
  ["a driver's error with a code alone", withCode("", "ECONNREFUSED"), "ECONNREFUSED"],
  ["a code and a message", withCode("read-only", "25006"), "25006: read-only"],
  ["a code the message has", new Fault("UNAVAILABLE"), "UNAVAILABLE: Temporarily unavailable"],
  ["several lines", new Error("one\ntwo"), "one"],
  ["the cause of a cause", new Fault("UNAVAILABLE", { cause: withCode("x", "57P01") }), "57P01: x"],
  ["the first of several", new AggregateError([new Error("a"), new Error("b")]), "a"],
  ["what is no error", "text", "text"],
  ["causes that never end", endless, "endless"],
])("%s is one line", (_, error, line) => {
  expect(explainError(error)).toBe(line);
});

test("a statement's values are not in it, and it is short", () => {
  const cause = withCode("x".repeat(10_000), "08006");
  const error = new DrizzleQueryError("update a set b = $1", ["nickname"], cause);
  expect(explainError(error)).toStartWith("08006: xxx");
  expect(explainError(error)).not.toContain("nickname");
  expect(explainError(error).length).toBe(300);
});
