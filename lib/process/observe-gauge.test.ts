import { expect, test } from "bun:test";
import { register } from "prom-client";
import { observeGauge } from "./observe-gauge.ts";

test("a gauge reads its value at each scrape, from the owner that was opened last", async () => {
  let size = 1;
  observeGauge("eco2_test_size", "A test's own", () => size);
  const scrape = async () => (await register.getSingleMetric("eco2_test_size")?.get())?.values;
  expect(await scrape()).toMatchObject([{ value: 1 }]);
  size = 2;
  expect(await scrape()).toMatchObject([{ value: 2 }]);
  observeGauge("eco2_test_size", "A test's own", () => 7);
  expect(await scrape()).toMatchObject([{ value: 7 }]);
});
