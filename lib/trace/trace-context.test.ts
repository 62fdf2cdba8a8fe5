import { expect, test } from "bun:test";
import {
  isSampled,
  newTraceparent,
  readTraceparent,
  traceId,
  withSampling,
} from "./trace-context.ts";

const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const span = "00f067aa0ba902b7";
const WELL_FORMED = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-00$/;

test("a valid header is taken as it is", () => {
  for (const flags of ["00", "01", "ff"]) {
    const header = `00-${trace}-${span}-${flags}`;
    expect(readTraceparent(header)).toBe(header);
    expect(traceId(header)).toBe(trace);
    expect(isSampled(header)).toBe(flags !== "00");
    expect(withSampling(header, true)).toBe(`00-${trace}-${span}-01`);
    expect(withSampling(header, false)).toBe(`00-${trace}-${span}-00`);
  }
});

test.each([
  ["absent", undefined],
  ["null", null],
  ["no text", 7],
  ["empty", ""],
  ["of another version", `01-${trace}-${span}-01`],
  ["upper case", `00-${trace.toUpperCase()}-${span}-01`],
  ["too short", `00-${trace.slice(1)}-${span}-01`],
  ["followed by more", `00-${trace}-${span}-01-more`],
  ["on two lines", `00-${trace}-${span}-01\nx: y`],
  ["without a trace", `00-${"0".repeat(32)}-${span}-01`],
  ["without a span", `00-${trace}-${"0".repeat(16)}-01`],
])("a header that is %s is none", (_, header) => expect(readTraceparent(header)).toBeUndefined());

test("a trace that begins here is its own, and not sampled", () => {
  const started = newTraceparent();
  expect(started).toMatch(WELL_FORMED);
  expect(traceId(newTraceparent())).not.toBe(traceId(started));
});
