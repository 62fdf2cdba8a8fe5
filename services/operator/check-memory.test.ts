import { expect, test } from "bun:test";
import { checkMemory } from "./check-memory.ts";

const mb = 1_000_000;
const full = { policy: "noeviction", isNearlyFull: true };
const fine = { policy: "noeviction", isNearlyFull: false };

test.each([
  [{ usedBytes: 12 * mb, maxBytes: 0, ...fine }, "ok", "12 MB used, without a limit (maxmemory)"],
  [{ usedBytes: 12 * mb, maxBytes: 100 * mb, ...fine }, "ok", "12 MB of 100 MB used"],
  [
    { usedBytes: 95 * mb, maxBytes: 100 * mb, ...full },
    "breach",
    "95 MB of 100 MB used; new scans are refused",
  ],
  [
    { usedBytes: 12 * mb, maxBytes: 100 * mb, ...fine, policy: "allkeys-lru" },
    "breach",
    "12 MB of 100 MB used; allkeys-lru forgets what was accepted",
  ],
] as const)("%j is %s", async (memory, state, detail) => {
  expect(await checkMemory(async () => memory)).toEqual({ state, detail });
});
