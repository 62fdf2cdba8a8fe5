import { expect, test } from "bun:test";
import { ageS, stamp } from "./stamp.ts";

const now = 1_800_000_000_123;

test("a message says when it was published, in seconds as AMQP has it, and has an id of its own", () => {
  const { messageId, timestamp } = stamp(now);
  expect(timestamp).toBe(1_800_000_000);
  expect(stamp(now).messageId).not.toBe(messageId);
});

test.each([
  ["of the past", stamp(now - 1_500).messageId, 1.5],
  ["of a clock that is ahead of ours", stamp(now + 5).messageId, 0],
  ["of somebody else, with another id", "soon", undefined],
  ["of somebody else, with another type", 5, undefined],
  ["without an id", undefined, undefined],
])("the age of a message %s", (_, messageId, expected) => {
  const message = { properties: { messageId } } as Parameters<typeof ageS>[0];
  expect(ageS(message, now)).toBe(expected);
});
