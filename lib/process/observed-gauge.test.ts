import { expect, test } from "bun:test";
import { register } from "prom-client";
import { observedGauge } from "./observed-gauge.ts";

const observe = observedGauge("eco2_test_size", "A test's own");
const scrape = async () => (await register.getSingleMetric("eco2_test_size")?.get())?.values;

test("a gauge has no value while its owner is not open", async () => {
  expect(await scrape()).toEqual([]);
});

test("a gauge reads its value at each scrape, from the owner that was opened last", async () => {
  let size = 1;
  observe(() => size);
  expect(await scrape()).toMatchObject([{ value: 1 }]);
  size = 2;
  expect(await scrape()).toMatchObject([{ value: 2 }]);
  observe(() => 7);
  expect(await scrape()).toMatchObject([{ value: 7 }]);
});
