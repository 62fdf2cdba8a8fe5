import { expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import { retryDelayMs } from "./retry-delay.ts";

const delay = (fault: Fault, tries: { attempt?: number; deferrals?: number }, random = 0) =>
  retryDelayMs(fault, { attempt: 0, deferrals: 0, ...tries }, 2, () => random);
const limited = (retryAfterMs?: number) =>
  new Fault("MODEL_RATE_LIMITED", retryAfterMs === undefined ? {} : { retryAfterMs });

test("a counted try backs off and ends with the tries", () => {
  const away = new Fault("MODEL_UNAVAILABLE");
  expect([0, 1, 2].map((attempt) => delay(away, { attempt }))).toEqual([1_000, 5_000, undefined]);
  expect(delay(new Fault("MODEL_UNAVAILABLE", { retryAfterMs: 7_000 }), {})).toBe(7_000);
});

test("a wait never ends, whatever was tried and waited before", () => {
  for (const deferrals of [0, 1, 10, 1_000]) {
    expect(delay(limited(), { attempt: 99, deferrals })).toBeNumber();
    expect(delay(limited(), { attempt: 99, deferrals }, 1)).toBeLessThanOrEqual(5_000);
  }
});

test.each([
  "MODEL_RATE_LIMITED",
  "MODEL_BREAKER_OPEN",
  "MODEL_QUOTA_EXHAUSTED",
  "UNAVAILABLE",
] as const)("%s says nothing about the message and costs it no try", (code) => {
  expect(delay(new Fault(code), { attempt: 2 })).toBeNumber();
});

test("a storm that is given back at one moment returns in parts, the later the longer it lasts", () => {
  const late = (deferrals: number) =>
    Array.from({ length: 100 }, (_, n) => delay(limited(), { deferrals }, n / 100) ?? 0).filter(
      (ms) => ms > 1_000,
    ).length;
  expect(late(0)).toBe(0);
  expect(late(1)).toBeWithin(25, 35);
  expect(late(2)).toBeWithin(45, 55);
  expect(late(9)).toBeWithin(75, 85);
});

test("advice to wait is a lower bound up to 5 s, steps of 5 s below 30 s, and 30 s above", () => {
  expect(delay(limited(800), {})).toBe(800);
  expect(delay(limited(3_000), {})).toBe(3_000);
  expect(delay(limited(7_000), {})).toBe(5_000);
  expect(delay(limited(60_000), {})).toBe(30_000);
});

test("what another try cannot help gets none", () => {
  expect(delay(new Fault("MODEL_REFUSED"), {})).toBeUndefined();
  expect(delay(new Fault("INTERNAL"), {})).toBeUndefined();
});
