import { expect, test } from "bun:test";
import { isAtLeast } from "./probe.ts";

test.each([
  ["15.13 (Debian 15.13-0+deb12u1)", "15", true],
  ["14.9", "15", false],
  ["17beta1", "15", true],
  ["7.0.15", "7", true],
  ["6.2.14", "7", false],
  ["3.10.8", "3.10", true],
  ["3.9.29", "3.10", false],
  ["4.1.0", "3.10", true],
  ["", "7", false],
])("%p is at least %p: %p", (version, minimum, expected) => {
  expect(isAtLeast(version, minimum)).toBe(expected);
});
