import { expect, test } from "bun:test";
import * as v from "valibot";
import { Fault } from "#lib/error/fault.ts";
import { ScanMessage } from "#lib/scan/scan-message.ts";
import { readMessage } from "./read-message.ts";
import { message } from "./scan-fixture.ts";

test("a message reads as itself, and a newer release's fields are passed on", () => {
  expect(readMessage(ScanMessage, message)).toEqual(message);
  const newer = { ...message, more: 1 };
  expect(readMessage(ScanMessage, newer)).toEqual(newer);
});

test("a word of a newer release is waited for, and beside a bug it is a bug", () => {
  const Words = v.object({ category: v.picklist(["paper"]), n: v.number() });
  const codeOf = (body: unknown) => {
    try {
      return readMessage(Words, body) && "read";
    } catch (error) {
      return Fault.from(error).code;
    }
  };
  expect(codeOf({ category: "vinyl", n: 1 })).toBe("MESSAGE_NEWER");
  expect(codeOf({ category: 7, n: 1 })).toBe("MESSAGE_INVALID");
  expect(codeOf({ category: "vinyl", n: "1" })).toBe("MESSAGE_INVALID");
  expect(codeOf({ n: 1 })).toBe("MESSAGE_INVALID");
});

test("any other body is a bug of the sender, which names the fields and repeats no value", () => {
  for (const body of [null, "text", [], { ...message, job_id: "secret", user_input: 7 }]) {
    let fault: unknown;
    try {
      readMessage(ScanMessage, body);
    } catch (error) {
      fault = error;
    }
    expect(fault).toBeInstanceOf(Fault);
    expect(fault).toMatchObject({ code: "MESSAGE_INVALID", kind: { onMessage: "bug" } });
    expect(String(fault instanceof Fault && fault.cause)).not.toContain("secret");
  }
  expect(() => readMessage(v.object({ a: v.string() }), { a: 1 })).toThrow();
});
