import { afterAll, expect, test } from "bun:test";
import { serveMetrics } from "./serve-metrics.ts";

const closers: (() => unknown)[] = [];
const scope = { stopping: false, onStop: (_: string, close: () => unknown) => closers.push(close) };
const config = { METRICS_PORT: 0, HOST: "127.0.0.1", LOG_LEVEL: "error" } as const;
const server = serveMetrics(scope, config);
afterAll(() => Promise.all(closers.map((close) => close())));

test("metrics are Prometheus text, and nothing else is served beside them", async () => {
  const { Gauge } = await import("prom-client");
  new Gauge({ name: "eco2_test_gauge", help: "A test's own" }).set(3);
  const response = await fetch(`http://127.0.0.1:${server.port}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toStartWith("text/plain; version=0.0.4");
  const text = await response.text();
  expect(text).toContain("# TYPE eco2_test_gauge gauge\neco2_test_gauge 3\n");
  for (const line of text.trim().split("\n")) {
    expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{[^}]*\})? [\d.e+-]+|[^ ]+ (Nan|\+Inf)|)$/);
  }
  const ask = (path: string, method = "GET") =>
    fetch(`http://127.0.0.1:${server.port}${path}`, { method });
  expect((await ask("/metrics?x=1")).status).toBe(200);
  expect((await ask("/metrics", "POST")).status).toBe(405);
  for (const path of ["/", "/readyz", "/metrics/", "/api/v1/scan"])
    expect([path, (await ask(path)).status]).toEqual([path, 404]);
});

test("a chosen port that is taken is named by its variable", () => {
  const taken = { ...config, METRICS_PORT: server.port ?? 0 };
  expect(() => serveMetrics(scope, taken, true)).toThrow(/^METRICS_PORT: /);
});

test("a default port that is taken keeps no process from starting", async () => {
  const other = serveMetrics(scope, { ...config, METRICS_PORT: server.port ?? 0 }, false);
  expect((await fetch(`http://127.0.0.1:${other.port}/metrics`)).status).toBe(200);
  // What is wrong with the address is not the port.
  expect(() => serveMetrics(scope, { ...config, HOST: "nope.invalid" }, false)).toThrow(/^HOST: /);
});
