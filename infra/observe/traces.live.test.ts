import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import * as v from "valibot";
import { until } from "#lib/testing/until.ts";
import { type Harness, scan, startHarness } from "../e2e/harness.ts";

const Value = v.pipe(
  v.record(v.string(), v.unknown()),
  v.transform((value) => Object.values(value)[0]),
);
const Span = v.object({
  traceId: v.string(),
  spanId: v.string(),
  parentSpanId: v.optional(v.string()),
  name: v.string(),
  links: v.array(v.object({ traceId: v.string(), spanId: v.string() })),
  attributes: v.pipe(
    v.array(v.object({ key: v.string(), value: Value })),
    v.transform((all) => Object.fromEntries(all.map(({ key, value }) => [key, value]))),
  ),
});
const Export = v.object({
  resourceSpans: v.array(v.object({ scopeSpans: v.array(v.object({ spans: v.array(Span) })) })),
});
type Span = v.InferOutput<typeof Span>;

/** A collector that keeps what it is sent. */
const spans: Span[] = [];
const collector = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: async (request) => {
    expect(new URL(request.url).pathname).toBe("/v1/traces");
    const { resourceSpans } = v.parse(Export, await request.json());
    spans.push(
      ...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((one) => one.spans)),
    );
    return Response.json({});
  },
});
let eco2: Harness;
const bootMs = 60_000;

beforeAll(async () => {
  const OTEL_EXPORTER_OTLP_ENDPOINT = collector.url.origin;
  eco2 = await startHarness({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_SAMPLER_ARG: "1" });
}, bootMs);
beforeEach(() => eco2.model.reset());
afterAll(async () => {
  await eco2?.stop();
  await collector.stop(true);
}, bootMs);

const untilSpan = (traceId: string, name: string, count = 1) =>
  until(
    () => {
      const found = spans.filter((one) => one.traceId === traceId && one.name === name);
      return found.length >= count ? found : undefined;
    },
    { timeoutMs: 20_000 },
  );
/** Of the scan whose end it is: spans name their job. */
async function traceOf(jobId: string): Promise<string> {
  const end = await until(
    () =>
      spans.find(
        ({ name, attributes }) => name === "end scan" && attributes["eco2.job_id"] === jobId,
      ),
    { timeoutMs: 20_000 },
  );
  return end.traceId;
}

test("a scan is one trace, from its request through every hop to its end and the rows of its reward", async () => {
  const { api } = eco2.newUser();
  const { job_id } = await scan(api);
  const id = await traceOf(job_id);
  const hops = {
    "POST /api/v1/scan": [],
    "process scan.vision": ["POST /api/v1/scan"],
    "chat gpt-5.2": ["process scan.vision", "process scan.answer"],
    "process scan.rule": ["process scan.vision"],
    "process scan.answer": ["process scan.rule"],
    "process scan.reward": ["process scan.answer"],
    "process character.match": ["process scan.reward"],
    "end scan": ["process scan.reward"],
    "process character.save_ownership": ["process scan.reward"],
    "process users.save_character": ["process scan.reward"],
  };
  for (const [name, parents] of Object.entries(hops)) {
    const found = await untilSpan(id, name, Math.max(1, parents.length));
    const above = found.map(({ parentSpanId = "" }) => {
      return spans.find(({ spanId }) => spanId === parentSpanId)?.name;
    });
    expect([name, above.filter((one) => one !== undefined).sort()]).toEqual([name, parents.sort()]);
  }
  const [call] = await untilSpan(id, "chat gpt-5.2");
  expect(call?.attributes).toMatchObject({
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-5.2",
    "gen_ai.usage.input_tokens": expect.anything(),
    "gen_ai.usage.output_tokens": expect.anything(),
  });
}, 60_000);

test("a client finds its trace by its own id, and by the header of the response", async () => {
  const trace = crypto.randomUUID().replaceAll("-", "");
  // Its flag says not to sample, which is not for it to say.
  const headers = { traceparent: `00-${trace}-00f067aa0ba902b7-00`, "x-user-id": "somebody" };
  const response = await fetch(`${eco2.origin}/api/v1/scan/categories`, { headers });
  expect(response.headers.get("x-request-id")).toBe(trace);
  const [span] = await untilSpan(trace, "GET /api/v1/scan/categories");
  expect(span).toMatchObject({
    parentSpanId: "00f067aa0ba902b7",
    attributes: { "http.response.status_code": 200 },
  });
  const without = await fetch(`${eco2.origin}/api/v1/nothing`, { headers: { "x-user-id": "a" } });
  const id = without.headers.get("x-request-id") ?? "";
  expect((await without.json()).instance).toBe(`urn:trace:${id}`);
  const [root] = await untilSpan(id, "GET /*");
  expect(root?.parentSpanId ?? "").toBe("");
}, 60_000);

test("a stream links to the trace of its scan, while that runs and when it has ended", async () => {
  const { id: userId, api } = eco2.newUser();
  // Follows it from its first event on.
  const { job_id, stream_url } = await scan(api);
  const late = await fetch(new URL(stream_url, eco2.origin), { headers: { "x-user-id": userId } });
  await late.text();
  const trace = await traceOf(job_id);
  const [submitted] = await untilSpan(trace, "POST /api/v1/scan");
  const ofScan = ({ links }: Span) => links.some(({ traceId }) => traceId === trace);
  const streams = await until(() => {
    const found = spans.filter((one) => one.name.startsWith("GET ") && ofScan(one));
    return found.length >= 2 ? found : undefined;
  });
  expect(streams.map(({ traceId }) => traceId)).toContain(late.headers.get("x-request-id") ?? "");
  for (const { links } of streams) {
    expect(links).toMatchObject([{ traceId: trace, spanId: submitted?.spanId }]);
  }
}, 60_000);

test("a try that comes again links to the one before, which says why it failed", async () => {
  eco2.model.next("vision", { status: 500 });
  const { api } = eco2.newUser();
  const { job_id } = await scan(api);
  const id = await traceOf(job_id);
  const tries = await untilSpan(id, "process scan.vision", 2);
  const [first, second] = tries.sort(
    (a, b) => Number(a.attributes["eco2.attempt"] ?? 0) - Number(b.attributes["eco2.attempt"] ?? 0),
  );
  expect(first?.links).toEqual([]);
  expect(first?.attributes["error.type"]).toBe("MODEL_UNAVAILABLE");
  expect(second?.links).toMatchObject([{ traceId: id, spanId: first?.spanId }]);
}, 60_000);

test("with a ratio of 0 nothing is sent, whatever a client's flag says", async () => {
  const OTEL_EXPORTER_OTLP_ENDPOINT = collector.url.origin;
  const quiet = await startHarness({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_SAMPLER_ARG: "0" });
  const trace = crypto.randomUUID().replaceAll("-", "");
  try {
    const headers = { traceparent: `00-${trace}-00f067aa0ba902b7-01`, "x-user-id": "somebody" };
    for (let i = 0; i < 20; i++) await fetch(`${quiet.origin}/api/v1/scan/categories`, { headers });
  } finally {
    // What was recorded would be sent before it ends.
    await quiet.stop();
  }
  expect(spans.filter(({ traceId }) => traceId === trace)).toEqual([]);
}, 90_000);
