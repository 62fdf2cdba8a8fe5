import { describe, expect, test } from "bun:test";
import { continueTrace, traceId } from "./trace-context.ts";

const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const span = "00f067aa0ba902b7";
const WELL_FORMED = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

describe("continueTrace", () => {
  test("keeps the caller's trace and sampling decision, and makes a span of its own", () => {
    for (const flags of ["00", "01"]) {
      const next = continueTrace(`00-${trace}-${span}-${flags}`);
      expect(next).toMatch(WELL_FORMED);
      expect(next).toStartWith(`00-${trace}-`);
      expect(next).toEndWith(`-${flags}`);
      expect(next).not.toContain(span);
      expect(traceId(next)).toBe(trace);
    }
  });

  test.each([
    ["absent", undefined],
    ["null", null],
    ["empty", ""],
    ["of another version", `01-${trace}-${span}-01`],
    ["upper case", `00-${trace.toUpperCase()}-${span}-01`],
    ["too short", `00-${trace.slice(1)}-${span}-01`],
    ["followed by more", `00-${trace}-${span}-01-more`],
    ["on two lines", `00-${trace}-${span}-01\nx: y`],
    ["without a trace", `00-${"0".repeat(32)}-${span}-01`],
    ["without a span", `00-${trace}-${"0".repeat(16)}-01`],
  ])("starts a new, sampled trace when the header is %s", (_, header) => {
    const started = continueTrace(header);
    expect(started).toMatch(WELL_FORMED);
    expect(started).toEndWith("-01");
    expect(traceId(started)).not.toBe(trace);
    expect(traceId(continueTrace(header))).not.toBe(traceId(started));
  });
});
