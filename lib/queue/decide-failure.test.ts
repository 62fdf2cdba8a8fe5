import { expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import { decideFailure } from "./decide-failure.ts";

const decide = (fault: Fault, tries: { attempt?: number; deferrals?: number } = {}, random = 0) =>
  decideFailure(fault, { attempt: 0, deferrals: 0, ...tries }, { retriesMax: 2 }, () => random);
const delay = (...given: Parameters<typeof decide>) => {
  const decision = decide(...given);
  return decision.action === "retry-later" ? decision.delayMs : Number.NaN;
};
const limited = (retryAfterMs?: number) =>
  new Fault("MODEL_RATE_LIMITED", retryAfterMs === undefined ? {} : { retryAfterMs });
const away = new Fault("MODEL_UNAVAILABLE");

test("a retry backs off and counts, and exhausted tries end in the dead letters", () => {
  expect([0, 1].map((attempt) => decide(away, { attempt, deferrals: 3 }))).toEqual([
    { action: "retry-later", delayMs: 1_000, next: { attempt: 1, deferrals: 0 } },
    { action: "retry-later", delayMs: 5_000, next: { attempt: 2, deferrals: 0 } },
  ]);
  expect(decide(away, { attempt: 2 })).toEqual({ action: "dead-letter" });
  expect(delay(new Fault("MODEL_UNAVAILABLE", { retryAfterMs: 7_000 }))).toBe(7_000);
});

test("a message is deferred for ever, whatever was tried and deferred before", () => {
  for (const deferrals of [0, 1, 10, 1_000]) {
    expect(decide(limited(), { attempt: 99, deferrals })).toMatchObject({
      action: "retry-later",
      next: { attempt: 99, deferrals: deferrals + 1 },
    });
    expect(delay(limited(), { attempt: 99, deferrals }, 1)).toBeLessThanOrEqual(5_000);
  }
});

test("an RPC is deferred only as often as its caller waits for", () => {
  const unavailable = new Fault("UNAVAILABLE");
  const defer = (deferrals: number) =>
    decideFailure(unavailable, { attempt: 0, deferrals }, { retriesMax: 0, deferralsMax: 2 });
  expect([0, 1, 2].map((deferrals) => defer(deferrals).action)).toEqual([
    "retry-later",
    "retry-later",
    "ack",
  ]);
});

test("the message of a newer release waits for a worker of it, for ten minutes", () => {
  const newer = new Fault("MESSAGE_NEWER");
  for (const deferrals of [0, 19]) expect(delay(newer, { deferrals })).toBe(30_000);
  expect(decide(newer, { deferrals: 20 })).toEqual({ action: "dead-letter" });
});

test.each([
  "MODEL_RATE_LIMITED",
  "MODEL_BREAKER_OPEN",
  "MODEL_QUOTA_EXHAUSTED",
  "UNAVAILABLE",
] as const)("%s says nothing about the message and costs it no try", (code) => {
  expect(decide(new Fault(code), { attempt: 2 })).toMatchObject({ next: { attempt: 2 } });
});

test("messages deferred at one moment return in parts, the later the longer it lasts", () => {
  const late = (deferrals: number) =>
    Array.from({ length: 100 }, (_, n) => delay(limited(), { deferrals }, n / 100)).filter(
      (ms) => ms > 1_000,
    ).length;
  expect(late(0)).toBe(0);
  expect(late(1)).toBeWithin(25, 35);
  expect(late(2)).toBeWithin(45, 55);
  expect(late(9)).toBeWithin(75, 85);
});

test("advice to wait is a lower bound up to 5 s, steps of 5 s below 30 s, and 30 s above", () => {
  expect([800, 3_000, 7_000, 60_000].map((ms) => delay(limited(ms)))).toEqual([
    800, 3_000, 5_000, 30_000,
  ]);
});

test("what another try cannot help gets none: an input's fault is acked, a bug dead-lettered", () => {
  expect(decide(new Fault("MODEL_REFUSED"))).toEqual({ action: "ack" });
  expect(decide(new Fault("INTERNAL"))).toEqual({ action: "dead-letter" });
});
