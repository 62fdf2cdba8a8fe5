import { describe, expect, test } from "bun:test";
import { Fault } from "./fault.ts";
import { FAULTS, type FaultCode, type FaultKind } from "./fault-table.ts";

const table = Object.entries<FaultKind>(FAULTS);
const titles = table.map(([, { title }]) => title);

describe.each(table)("%s", (code, { status, onMessage, title, detail }) => {
  test("has a stable code, a title for developers and a sentence for Korean users", () => {
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    expect(title).toMatch(/^[\x20-\x7e]{5,80}$/);
    expect(title).not.toEndWith(".");
    expect(titles.filter((other) => other === title)).toHaveLength(1);
    expect(detail).toMatch(/[가-힣]/);
    expect(detail).toMatch(/요\.$/);
    // Nothing of how it works inside: no code, no name of a technology.
    expect(detail).not.toMatch(/[A-Z]{3,}_|redis|postgres|rabbit|openai|undefined/);
  });

  test("says one thing to a client and to a queue", () => {
    expect(status).toBeWithin(400, 600);
    // The caller's mistake is not mended by trying again, except its haste; a defect is ours.
    // What came too late, and a second reply that cannot be read, are nobody's mistake and over all the same.
    if (onMessage === "fail") expect(status < 500 || status === 502 || status === 504).toBe(true);
    else expect(status === 429 || status >= 500).toBe(true);
    // Waiting for ever is only for what says nothing about the message.
    if (onMessage === "wait") expect(status).toBe(503);
  });
});

describe("a Fault", () => {
  test("carries its code and sentence, and keeps the cause to itself", () => {
    const cause = new Error("connect ECONNREFUSED 10.0.0.7:5432");
    const fault = new Fault("UNAVAILABLE", { cause, retryAfterMs: 1_500 });
    expect(fault).toMatchObject({
      name: "Fault",
      code: "UNAVAILABLE",
      detail: FAULTS.UNAVAILABLE.detail,
      retryAfterMs: 1_500,
      kind: FAULTS.UNAVAILABLE,
      cause,
    });
    expect(`${fault.message} ${fault.detail}`).not.toContain("10.0.0.7");
  });

  test("may say it in other words and add public members", () => {
    const fault = new Fault("UNSUPPORTED_MODEL", { detail: "없는 모델이에요.", extra: { a: 1 } });
    expect(fault).toMatchObject({ detail: "없는 모델이에요.", extra: { a: 1 } });
    expect(fault.kind.detail).toBe(FAULTS.UNSUPPORTED_MODEL.detail);
  });

  test("is kept as it is; whatever else was thrown is an internal error", () => {
    const fault = new Fault("JOB_NOT_FOUND");
    expect(Fault.from(fault)).toBe(fault);
    for (const thrown of [new TypeError("secret"), "secret", null, undefined, { code: "X" }]) {
      const from = Fault.from(thrown);
      expect(from.code).toBe("INTERNAL" satisfies FaultCode);
      expect(from.cause).toBe(thrown);
      expect(`${from.message} ${from.detail}`).not.toContain("secret");
    }
  });
});
