import { expect, test } from "bun:test";
import { createRandom } from "#lib/testing/random.ts";
import { AdaptiveRate } from "./adaptive-rate.ts";

/** Decides on the calls to a model whose calls take 2 s. */
interface Provider {
  takes(nowMs: number): boolean;
  ended?(): void;
}

const callMs = 2_000;
const retryMs = 1_000;
const warmUpMs = 5_000;

const bucketsPerS = [20, 60, 200];

test.each(bucketsPerS)("a bucket of %d calls a second is used by users", (perS) => {
  const run = simulate({ provider: bucket(perS), users: 300, seconds: 45 });
  expect(run.perS).toBeGreaterThan(0.95 * Math.min(perS, 150));
  expect(run.refusedShare).toBeLessThan(0.1);
});

test.each(bucketsPerS)("a bucket of %d calls a second is used by a burst", (perS) => {
  const run = simulate({ provider: bucket(perS), scans: 1_500, seconds: 200 });
  expect(run.perS).toBeGreaterThan(0.95 * perS);
  expect(run.refusedShare).toBeLessThan(0.1);
});

test("a burst that finds a bucket of 200 calls a second is refused a few percent of its calls", () => {
  const runs = Array.from({ length: 40 }, (_, seed) =>
    simulate({ provider: bucket(200), scans: 1_500, seconds: 60, seed }),
  );
  expect(mean(runs.map(({ refusedShare }) => refusedShare))).toBeLessThan(0.06);
});

test.each([20, 60])("two workers share a bucket of %d calls a second", (perS) => {
  // Whether one of them is left with little, and keeps its messages waiting, is chance.
  const runs = Array.from({ length: 40 }, (_, seed) =>
    simulate({ provider: bucket(perS), workers: 2, users: 300, seconds: 45, seed }),
  );
  expect(mean(runs.map((run) => run.perS))).toBeGreaterThan(0.95 * perS);
  expect(mean(runs.map(({ refusedShare }) => refusedShare))).toBeLessThan(0.16);
});

test("two workers with a burst in their hands use a bucket of 60 calls a second", () => {
  // Which of them runs out of messages first is chance: the other takes its part of the limit within moments.
  for (let seed = 0; seed < 40; seed++) {
    const run = simulate({ provider: bucket(60), workers: 2, scans: 1_500, seconds: 100, seed });
    expect(run.perS).toBeGreaterThan(0.95 * 60);
  }
});

test.each([0, 0.01, 0.05])("a share of %d refused at random costs no more than itself", (share) => {
  const all = simulate({ provider: random(0), users: 300, seconds: 60 });
  const some = simulate({ provider: random(share), users: 300, seconds: 60 });
  expect(some.perS).toBeGreaterThan(0.97 * (1 - share) * all.perS);
});

test("a server with 32 slots is used", () => {
  const run = simulate({ provider: slots(32), users: 300, seconds: 45 });
  expect(run.perS).toBeGreaterThan(0.92 * 16);
  expect(run.refusedShare).toBeLessThan(0.1);
});

test("a limit that rises or falls is followed within seconds", () => {
  const risen = simulate({ provider: changing(bucket(20), bucket(100)), users: 300, seconds: 35 });
  expect(risen.through / 35).toBeGreaterThan((20 * 20 + 70 * 15) / 35);
  const fallen = simulate({ provider: changing(bucket(100), bucket(20)), users: 300, seconds: 60 });
  expect(fallen.refusedShare).toBeLessThan(0.1);
});

test.each([20, 300])(
  "a model that refused all calls within %d ms is used again within seconds",
  (refusalMs) => {
    const provider = changing({ takes: () => false }, bucket(60));
    const { through } = simulate({ provider, users: 300, seconds: 30, refusalMs });
    expect(through).toBeGreaterThan(0.75 * 60 * 10);
  },
);

test("a process that starts at a peak of 250 calls a second makes none of them wait for 100 ms", () => {
  const rate = new AdaptiveRate();
  let freeAt = 0;
  for (let i = 0; i < 500; i++) {
    const comesAt = 4 * i;
    const asksAt = Math.max(comesAt, freeAt);
    freeAt = asksAt + rate.delayMs(asksAt);
    expect(freeAt - comesAt).toBeLessThan(100);
    rate.take(freeAt);
    rate.sent();
  }
});

test("the rate and the duration of calls limit those at once", () => {
  const rate = new AdaptiveRate();
  // As long as nothing is known of the duration, more than the rate lets through meanwhile.
  for (let sent = 0; sent < 1_000; sent++) {
    expect(rate.concurrency).toBeGreaterThan(sent);
    rate.sent();
  }
  rate.succeeded(2_000);
  rate.ended();
  expect(rate.concurrency).toBe(Math.ceil(rate.perS * 2.5));
  const calls = Array.from({ length: 20 }, () => rate.sent());
  for (const call of calls.slice(0, 10)) rate.refused(call, true);
  expect(rate.concurrency).toBe(Math.ceil(rate.perS * 2.5));
});

test("four refusals in a row lower the rate to a tenth, those sent before do not again", () => {
  const rate = new AdaptiveRate();
  const calls = Array.from({ length: 40 }, () => rate.sent());
  const before = rate.perS;
  for (const call of calls) rate.refused(call, true);
  expect(rate.perS).toBeCloseTo(before / 10);
});

test("a place that is released, and a pause, move the schedule", () => {
  const rate = new AdaptiveRate();
  for (let i = 0; i < 10; i++) rate.take(0);
  expect(rate.delayMs(0)).toBe(90);
  rate.release();
  expect(rate.delayMs(0)).toBe(80);
  rate.pause(0, 4_000);
  expect(rate.delayMs(0)).toBe(4_000);
});

const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one) / values.length;

/** One provider for 20 s, then another. */
function changing(early: Provider, late: Provider): Provider {
  return { takes: (nowMs) => (nowMs < 20_000 ? early : late).takes(nowMs) };
}

function bucket(perS: number): Provider {
  let [tokens, at] = [perS, 0];
  return {
    takes: (nowMs) => {
      [tokens, at] = [Math.min(perS, tokens + ((nowMs - at) * perS) / 1_000), nowMs];
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}

/** The same refusals in every run. */
function random(share: number): Provider {
  const { chance } = createRandom("adaptive-rate");
  return { takes: () => !chance(share) };
}

function slots(count: number): Provider {
  let free = count;
  return {
    takes: () => {
      if (free === 0) return false;
      free -= 1;
      return true;
    },
    ended: () => void free++,
  };
}

interface Simulated {
  readonly provider: Provider;
  readonly workers?: number;
  /** Who scan again and again, or scans that come at once; two calls each. */
  readonly users?: number;
  readonly scans?: number;
  readonly seconds: number;
  readonly refusalMs?: number;
  readonly seed?: number;
}

/**
 * Simulates in steps of a millisecond. The rate of users is that after 5 s; of a burst, that of 95 % of its
 * calls.
 */
function simulate(given: Simulated) {
  const { provider, workers = 1, users = 0, scans = 0, seconds, refusalMs = 20, seed = 0 } = given;
  const { between } = createRandom(`adaptive-rate ${seed}`);
  const events = new Map<number, (() => void)[]>();
  const rates = Array.from({ length: workers }, () => new AdaptiveRate());
  /** Calls left of each scan that waits, by the worker that holds it: each gets as many. */
  const held = rates.map((): number[] => []);
  let handedOut = 0;
  const hand = (calls: number) => held[handedOut++ % workers]?.push(calls);
  const throughAt: number[] = [];
  let [nowMs, sent, refused] = [0, 0, 0];
  /** As the circuit breaker knows it: on a call that it would have refused by now. */
  const isWorking = () => {
    const sentBefore = nowMs - Math.max(100, 2 * refusalMs);
    return (throughAt.findLast((at) => at < sentBefore) ?? -callMs) > nowMs - callMs;
  };
  const after = (ms: number, run: () => void) => {
    const due = events.get(nowMs + ms);
    if (due) due.push(run);
    else events.set(nowMs + ms, [run]);
  };
  const send = (rate: AdaptiveRate, calls: number) => {
    rate.take(nowMs);
    const call = rate.sent();
    sent += 1;
    if (!provider.takes(nowMs)) {
      refused += 1;
      after(refusalMs, () => {
        rate.refused(call, isWorking());
        rate.ended();
      });
      after(refusalMs + retryMs, () => hand(calls));
      return;
    }
    throughAt.push(nowMs);
    const ms = callMs + Math.round(between(0, 20));
    after(ms, () => {
      provider.ended?.();
      rate.succeeded(ms);
      rate.ended();
      if (calls > 1) hand(calls - 1);
      else if (users > 0) hand(2);
    });
  };
  for (let n = 0; n < users + scans; n++) hand(2);
  for (; nowMs < seconds * 1_000; nowMs++) {
    for (const run of events.get(nowMs) ?? []) run();
    events.delete(nowMs);
    for (const [i, rate] of rates.entries()) {
      const waiting = held[i] ?? [];
      while (waiting.length > 0 && rate.delayMs(nowMs) === 0) send(rate, waiting.shift() ?? 0);
    }
  }
  const through = throughAt.length;
  const most = Math.floor(through * 0.95);
  const perS =
    scans > 0
      ? (most * 1_000) / (throughAt[most - 1] ?? 0)
      : throughAt.filter((at) => at >= warmUpMs).length / (seconds - warmUpMs / 1_000);
  return { through, perS, refusedShare: refused / sent };
}
