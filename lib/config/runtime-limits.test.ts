import { expect, test } from "bun:test";
import { runtimeLimits } from "./runtime-limits.ts";

test.each([
  ["an edge of 512 MB", 512 * 1024 ** 2, 256 * 1024 ** 2],
  ["a worker of 2 GB", 2 * 1024 ** 3, 1_000_000_000],
  ["a machine of 24 GB", 24 * 1024 ** 3, 1_000_000_000],
])("%s collects garbage as if it had half of that, and 1 GB at most", (_, memory, ram) => {
  expect(Number(runtimeLimits({}, memory).BUN_JSC_forceRAMSize)).toBe(ram);
});

test("a variable that is set stays, and an empty one counts as not set", () => {
  const given = { BUN_CONFIG_MAX_HTTP_REQUESTS: "300", BUN_JSC_forceRAMSize: "" };
  expect(runtimeLimits(given, 1_000)).toEqual({
    BUN_CONFIG_MAX_HTTP_REQUESTS: "300",
    BUN_JSC_forceRAMSize: "500",
  });
});
