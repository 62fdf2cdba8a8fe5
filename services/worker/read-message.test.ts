import { expect, test } from "bun:test";
import * as v from "valibot";
import { Fault } from "#lib/error/fault.ts";
import { ScanMessage } from "#lib/scan/scan-message.ts";
import { readMessage } from "./read-message.ts";
import { message } from "./scan-fixture.ts";

test("a message reads as itself, and what the schema does not know is dropped", () => {
  expect(readMessage(ScanMessage, { ...message, more: 1 })).toEqual(message);
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
