import { afterAll, expect, test } from "bun:test";
import { Counter, Histogram } from "prom-client";
import * as v from "valibot";
import { Figures, figuresKeys } from "#lib/contract/figures.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { connectRedis } from "./client.ts";
import { publishFigures } from "./publish-figures.ts";

const closers: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

// Names that are published; in this process nobody else declares them.
const submits = new Counter({ name: "eco2_submits_total", help: "…", labelNames: ["outcome"] });
const ends = new Histogram({ name: "eco2_submit_to_end_seconds", help: "…", buckets: [1, 2] });
const other = new Counter({ name: "eco2_of_no_interest_total", help: "…" });

test("a process writes what it has measured, with how much of it is new, for as long as it runs", async () => {
  const prefix = `figures-${crypto.randomUUID()}:`;
  const redis = await connectRedis(serviceUrls.REDIS_URL, silentLog, prefix);
  closers.push(() => redis.quit());
  submits.inc({ outcome: "accepted" }, 7);
  const onStop = (_: string, close: () => unknown) => void closers.push(close);
  publishFigures(redis, { onStop }, { name: "worker", everyMs: 20 });
  other.inc();
  submits.inc({ outcome: "accepted" }, 2);
  ends.observe(1.5);

  const read = async () => {
    const [instance] = await redis.zrevrange(figuresKeys.index, 0, 0);
    const key = figuresKeys.figures(instance ?? "");
    const text = await redis.get(key);
    return { key, ...(text === null ? { series: [] } : v.parse(Figures, JSON.parse(text))) };
  };
  const of = (series: Figures["series"], name: string) => series.find((one) => one.name === name);
  await until(async () => of((await read()).series, "eco2_submits_total")?.value === 9);
  const { series, key } = await read();
  expect(of(series, "eco2_submits_total")).toMatchObject({ labels: { outcome: "accepted" } });
  expect(of(series, "eco2_submit_to_end_seconds")?.buckets).toEqual([
    [1, 0],
    [2, 1],
    [Number.MAX_VALUE, 1],
  ]);
  expect(of(series, "eco2_of_no_interest_total")).toBeUndefined();
  expect(await redis.ttl(key)).toBeWithin(1, 16);
  // After as many looks as are kept, nothing is new.
  await until(async () => of((await read()).series, "eco2_submits_total")?.grown === 0);
  expect(of((await read()).series, "eco2_submits_total")?.value).toBe(9);
});
