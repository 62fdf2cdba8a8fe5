import { describe, expect, test } from "bun:test";
import { ageS, stamped } from "./stamp.ts";

const now = 1_800_000_000_123;

describe("a message that is published", () => {
  test("says when: in seconds as AMQP has it, and in milliseconds as a header", () => {
    const options = { persistent: true, headers: { "x-attempt": 1 } };
    expect(stamped(options, now)).toEqual({
      persistent: true,
      timestamp: 1_800_000_000,
      headers: { "x-attempt": 1, timestamp_in_ms: now },
    });
    expect(options.headers).toEqual({ "x-attempt": 1 });
  });

  test("anew is as old as its last publish", () => {
    const first = stamped({ headers: {} }, now);
    expect(stamped(first, now + 5_000).headers).toEqual({ timestamp_in_ms: now + 5_000 });
  });
});

test.each([
  ["of the past", { timestamp_in_ms: now - 1_500 }, 1.5],
  ["of a clock that is ahead of ours", { timestamp_in_ms: now + 5 }, 0],
  ["of a release that did not say", { "x-attempt": 0 }, undefined],
  ["of somebody else, with another type", { timestamp_in_ms: "soon" }, undefined],
  ["without headers", undefined, undefined],
])("the age of a message %s", (_, headers, expected) => {
  const message = { properties: { headers } } as Parameters<typeof ageS>[0];
  expect(ageS(message, now)).toBe(expected);
});
