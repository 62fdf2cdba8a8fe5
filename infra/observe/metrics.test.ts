import { describe, expect, test } from "bun:test";
import { register } from "prom-client";
import { declaredMetrics } from "./declared-metrics.ts";

const own = [...(await declaredMetrics()).values()].filter(({ name }) => name.startsWith("eco2_"));

/** All of them have few values: tasks, faults, models and providers that are configured, routes, words of our own. */
const LABELS =
  "bun kind method model outcome provider reason route rows source status task version";

test("there is a metric for each thing that an operator asks about", () => {
  const names = own.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      ...["eco2_submits_total", "eco2_results_total", "eco2_submit_to_end_seconds"],
      ...["eco2_queue_wait_seconds", "eco2_task_duration_seconds", "eco2_task_retries_total"],
      ...["eco2_dead_letters_total", "eco2_model_calls_total", "eco2_model_tokens_total"],
      ...["eco2_model_cost_dollars_total", "eco2_vision_calls_total", "eco2_model_calls_waiting"],
      ...["eco2_model_calls_in_flight", "eco2_model_breaker_state", "eco2_stream_lag_seconds"],
      ...["eco2_stream_read_age_seconds", "eco2_sse_streams", "eco2_batch_rows"],
      ...["eco2_database_calls_in_flight", "eco2_database_connections_max"],
      ...["eco2_database_server_connections_max", "eco2_outbox_lag_seconds"],
      ...["eco2_authz_checks_total", "eco2_build_info", "eco2_http_request_duration_seconds"],
    ]),
  );
  expect(register.getSingleMetric("process_resident_memory_bytes")).toBeDefined();
  expect(register.getSingleMetric("nodejs_eventloop_lag_seconds")).toBeDefined();
});

describe.each(own)("$name", ({ name, help, type, labelNames }) => {
  test("is named by Prometheus' conventions, and has no label of a job or a user", () => {
    expect(name).toMatch(/^eco2_[a-z0-9]+(_[a-z0-9]+)*$/);
    expect(name.endsWith("_total")).toBe(type === "counter");
    if (type === "histogram") expect(name).toMatch(/_(seconds|bytes|rows)$/);
    expect(help.length).toBeGreaterThan(10);
    for (const label of labelNames) expect(LABELS.split(" ")).toContain(label);
  });
});
