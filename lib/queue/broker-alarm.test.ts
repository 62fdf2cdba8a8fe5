import { expect, test } from "bun:test";
import { until } from "#lib/testing/until.ts";
import { BrokerAlarm } from "./broker-alarm.ts";

/** Resolves when the deadline has expired, with how long that took in milliseconds. */
function expiry(alarm: BrokerAlarm, ms: number): Promise<number> {
  const startedAt = performance.now();
  return new Promise((resolve) =>
    alarm.timer(ms, "fails", () => resolve(performance.now() - startedAt)),
  );
}

test("without an alarm a timer ends when its time is over", async () => {
  const alarm = new BrokerAlarm({ waits: true });
  expect(await expiry(alarm, 20)).toBeWithin(15, 1_000);
});

test("who waits for an alarm has the whole time again after it", async () => {
  const alarm = new BrokerAlarm({ waits: true });
  const expired = expiry(alarm, 50);
  alarm.raise();
  expect([alarm.isOn, alarm.isRefusing]).toEqual([true, false]);
  await Bun.sleep(120);
  alarm.clear();
  expect(await expired).toBeWithin(165, 1_000);
});

test("who does not wait is told at once, also who asks while it is on", async () => {
  const alarm = new BrokerAlarm();
  const expired = expiry(alarm, 10_000);
  alarm.raise();
  expect(await expired).toBeLessThan(1_000);
  expect(alarm.isRefusing).toBe(true);
  expect(await expiry(alarm, 10_000)).toBeLessThan(1_000);
  alarm.clear();
  expect(alarm.isRefusing).toBe(false);
});

test("who stops waiting is told at once, and so is who waits when an alarm comes later", async () => {
  const during = new BrokerAlarm({ waits: true });
  const pending = expiry(during, 10_000);
  during.raise();
  during.stopWaiting();
  expect(await pending).toBeLessThan(1_000);
  const before = new BrokerAlarm({ waits: true });
  before.stopWaiting();
  const late = expiry(before, 10_000);
  before.raise();
  expect(await late).toBeLessThan(1_000);
});

test("a request that is not answered fails as UNAVAILABLE, and one that is has its answer", async () => {
  const alarm = new BrokerAlarm();
  expect(await alarm.within(1_000, Promise.resolve("answer"))).toBe("answer");
  const silent = alarm.within(10, new Promise(() => undefined));
  await expect(silent).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test("a timer that was called off does not end, with an alarm or without", async () => {
  const alarm = new BrokerAlarm();
  const ended: string[] = [];
  const timer = alarm.timer(5, "fails", () => ended.push("called off"));
  expect([alarm.callOff(timer), alarm.callOff(timer)]).toEqual([true, false]);
  alarm.raise();
  await new Promise<void>((resolve) => alarm.timer(5, "runs", resolve));
  expect(ended).toEqual([]);
});

test("under an alarm a timer runs on or pauses, as it was asked to", async () => {
  const alarm = new BrokerAlarm();
  const ended: string[] = [];
  alarm.raise();
  alarm.timer(5, "pauses", () => ended.push("pauses"));
  await new Promise<void>((resolve) => alarm.timer(5, "runs", resolve));
  expect(ended).toEqual([]);
  alarm.clear();
  await until(() => ended.length === 1);
});
