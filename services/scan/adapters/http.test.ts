import { describe, expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import { scanEvent } from "#lib/scan/scan-event.ts";
import { given, image_url, jobId, json, problemOf, submits } from "./http-fixture.ts";

describe("POST /scan", () => {
  test("answers 202 with exactly the job and where to follow it", async () => {
    const response = await given().post({ image_url });
    expect(response.status).toBe(202);
    expect(response.headers.has("idempotency-replayed")).toBe(false);
    expect(await response.json()).toEqual({
      job_id: jobId,
      stream_url: `/api/v1/stream?job_id=${jobId}`,
      result_url: `/api/v1/scan/result/${jobId}`,
      status: "queued",
    });
  });

  test("a replay says that it is one, and shows no quota: it takes nothing of it", async () => {
    const { post } = given({}, { kind: "answered", jobId });
    const response = await post({ image_url });
    expect([response.status, response.headers.get("idempotency-replayed")]).toEqual([202, "true"]);
    expect(response.headers.has("ratelimit")).toBe(false);
  });

  test("what is left of the quota is shown with a 202, and with the 429 itself", async () => {
    const accepted = await given().post({ image_url });
    expect(accepted.headers.get("ratelimit-policy")).toBe('"submits";q=60;w=60');
    expect(accepted.headers.get("ratelimit")).toBe('"submits";r=59;t=30');
    const own = { ...submits, remaining: 0 };
    const { post } = given({ countSubmit: async () => ({ own, scope: "user" }) });
    const refused = await post({ image_url });
    expect(await problemOf(refused)).toEqual([429, "RATE_LIMITED"]);
    expect(refused.headers.get("ratelimit-policy")).toBe('"submits";q=60;w=60');
    expect(refused.headers.get("ratelimit")).toBe('"submits";r=0;t=30');
    expect(refused.headers.get("retry-after")).toBe("30");
  });

  test("no quota is shown where submits have no limit", async () => {
    const own = { ...submits, limit: 0 };
    const { post } = given({ countSubmit: async () => ({ own, scope: undefined }) });
    expect((await post({ image_url })).headers.has("ratelimit")).toBe(false);
  });

  test("null in an optional field is the same request as none: one key, one scan", async () => {
    const { post, requests } = given();
    expect((await post({ image_url, user_input: null, model: null })).status).toBe(202);
    expect((await post({ image_url })).status).toBe(202);
    expect(JSON.stringify(requests[0])).toBe(JSON.stringify(requests[1]));
  });

  const kilobytes = (n: number) => "x".repeat(n * 1_024);
  const bad: [name: string, body: unknown, status: number, code: string][] = [
    ["that is not JSON", "{nope", 400, "MALFORMED_JSON"],
    ["that is empty", "", 400, "MALFORMED_JSON"],
    ["that is an array", [1], 400, "IMAGE_URL_REQUIRED"],
    ["that is null", "null", 400, "IMAGE_URL_REQUIRED"],
    ["without image_url", {}, 400, "IMAGE_URL_REQUIRED"],
    ["with an empty image_url", { image_url: "  " }, 400, "IMAGE_URL_REQUIRED"],
    ["with a number as image_url", { image_url: 7 }, 400, "IMAGE_URL_REQUIRED"],
    ["with a null image_url", { image_url: null }, 400, "IMAGE_URL_REQUIRED"],
    [
      "with a long image_url",
      { image_url: `${image_url}${kilobytes(3)}` },
      400,
      "IMAGE_URL_INVALID",
    ],
    ["with NUL in image_url", { image_url: `${image_url}\u0000x` }, 400, "IMAGE_URL_INVALID"],
    [
      "with half a character in image_url",
      { image_url: `${image_url}\ud800x` },
      400,
      "IMAGE_URL_INVALID",
    ],
    [
      "with 20 kB of user_input",
      { image_url, user_input: kilobytes(20) },
      400,
      "USER_INPUT_TOO_LONG",
    ],
    ["with a number as user_input", { image_url, user_input: 7 }, 400, "VALIDATION_FAILED"],
    ["with an unknown model", { image_url, model: "gpt-99" }, 400, "UNSUPPORTED_MODEL"],
    ["with a huge model name", { image_url, model: kilobytes(1) }, 400, "UNSUPPORTED_MODEL"],
  ];
  test.each(bad)(
    "a body %s is refused before anything is claimed",
    async (_, body, status, code) => {
      const { post, keys } = given();
      expect(await problemOf(await post(body))).toEqual([status, code]);
      expect(keys).toEqual([]);
    },
  );

  test("a body larger than 64 kB is refused, declared or not", async () => {
    const { post, app } = given();
    const body = JSON.stringify({ image_url, user_input: kilobytes(64) });
    const declared = { "content-length": String(body.length) };
    expect(await problemOf(await post(body, declared))).toEqual([413, "BODY_TOO_LARGE"]);
    const chunked = await app.request("/api/v1/scan", {
      method: "POST",
      headers: { ...json, "transfer-encoding": "chunked" },
      body: new Blob([body]).stream(),
    });
    expect(await problemOf(chunked)).toEqual([413, "BODY_TOO_LARGE"]);
  });

  test("user_input is counted as it is read, also where its syllables come in pieces", async () => {
    const { post, requests } = given();
    const longest = "한".repeat(1_000);
    expect((await post({ image_url, user_input: longest.normalize("NFD") })).status).toBe(202);
    expect(requests.map(({ user_input }) => user_input)).toEqual([longest]);
    const more = `${longest}글`.normalize("NFD");
    expect(await problemOf(await post({ image_url, user_input: more }))).toEqual([
      400,
      "USER_INPUT_TOO_LONG",
    ]);
  });

  test("what Postgres could not store is taken out of user_input", async () => {
    const { post, requests } = given();
    await post(`{"image_url":"${image_url}","user_input":"이\\u0000거\\ud800?\\n\\u001b[31m"}`);
    expect(requests.map(({ user_input }) => user_input)).toEqual(["이거\ufffd?\n[31m"]);
  });

  test("takes both spellings of the idempotency header, the X- one first", async () => {
    const { app, keys } = given();
    const send = (headers: Record<string, string>) =>
      app.request("/api/v1/scan", {
        method: "POST",
        headers: { ...json, ...headers },
        body: JSON.stringify({ image_url }),
      });
    await send({ "x-idempotency-key": "a" });
    await send({ "Idempotency-Key": "b" });
    await send({ "x-idempotency-key": "c", "idempotency-key": "d" });
    await send({});
    expect(keys).toEqual(["a", "b", "c"]);
  });

  test.each(["", "two words", "é", "x".repeat(256)])(
    "refuses the idempotency key %j",
    async (key) => {
      const { post, keys } = given();
      const response = await post({ image_url }, { "x-idempotency-key": key });
      expect(await problemOf(response)).toEqual([400, "IDEMPOTENCY_KEY_INVALID"]);
      expect(keys).toEqual([]);
    },
  );

  test("says 409 with a time to wait while the first request is handled, 422 for another body", async () => {
    const inFlight = await given({}, { kind: "in_flight" }).post({ image_url });
    expect(inFlight.headers.get("retry-after")).toBe("1");
    expect(await problemOf(inFlight)).toEqual([409, "IDEMPOTENCY_IN_FLIGHT"]);
    const mismatch = await given({}, { kind: "mismatch" }).post({ image_url });
    expect(await problemOf(mismatch)).toEqual([422, "IDEMPOTENCY_MISMATCH"]);
  });

  test("says 503 with a time to wait when the broker refuses, and nothing of why", async () => {
    const fault = new Fault("UNAVAILABLE", { cause: new Error("amqp://eco2:secret@broker") });
    const response = await given({ publish: () => Promise.reject(fault) }).post({ image_url });
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    const text = await response.text();
    expect([response.status, text]).toEqual([503, expect.stringContaining('"UNAVAILABLE"')]);
    expect(text).not.toContain("secret");
  });
});

describe("every path", () => {
  const paths = [
    `scan/result/${jobId}`,
    `scan/${jobId}/result`,
    "scan",
    "scan/categories",
    "scan/result/1",
  ];
  test.each(paths)("GET %s wants to know who is asking", async (path) => {
    const { get } = given();
    for (const headers of [{}, { "x-user-id": "" }, { "x-user-id": "a b" }]) {
      expect(await problemOf(await get(path, headers))).toEqual([401, "UNAUTHENTICATED"]);
    }
  });

  test("POST /scan wants to know who is asking before it reads the body", async () => {
    const response = await given().app.request("/api/v1/scan", { method: "POST", body: "{nope" });
    expect(await problemOf(response)).toEqual([401, "UNAUTHENTICATED"]);
  });
});

describe("GET a result", () => {
  const paths = (id: string) => [`scan/result/${id}`, `scan/${id}/result`];

  test.each(["1", `${jobId}0`, "..%2f..%2fetc", "%00"])("of the job %j is 400", async (id) => {
    const { get } = given();
    for (const path of paths(id)) {
      expect(await problemOf(await get(path))).toEqual([400, "INVALID_JOB_ID"]);
    }
  });

  test("with half a position, or none on earth, is 400", async () => {
    const { get } = given();
    for (const query of ["lat=37.5", "lon=127", "lat=91&lon=127", "lat=x&lon=127"]) {
      for (const path of paths(jobId)) {
        const response = await get(`${path}?${query}`);
        expect(await problemOf(response)).toEqual([400, "COORDINATES_INVALID"]);
      }
    }
  });

  test("of an unknown job is 404", async () => {
    const { get } = given();
    for (const path of paths(jobId)) {
      expect(await problemOf(await get(path))).toEqual([404, "JOB_NOT_FOUND"]);
    }
  });

  test("that is not there yet is 202 with the progress and when to ask again", async () => {
    const update = { stage: "rule", status: "completed" } as const;
    const latest = scanEvent({ id: jobId, epoch: 0 }, update, 0);
    const { get } = given({ state: async () => ({ userId: "u", latest }) });
    for (const path of paths(jobId)) {
      const response = await get(path);
      expect([response.status, response.headers.get("retry-after")]).toEqual([202, "2"]);
      expect(await response.json()).toEqual({
        status: "processing",
        current_stage: "rule",
        progress: 50,
      });
    }
  });
});

describe("GET /scan", () => {
  test("asks for the caller's own scans, 20 a page by default", async () => {
    const { get, pages } = given();
    expect(await (await get("scan")).json()).toEqual({ items: [], next_cursor: null });
    await get(`scan?limit=100&cursor=${jobId}`);
    // One row more than the page shows whether there is a next one.
    expect(pages).toEqual([
      ["u", { before: undefined }, 21],
      ["u", { before: jobId }, 101],
    ]);
  });

  test("asks for what the filters leave", async () => {
    const { get, pages } = given();
    const times = "from=2026-01-01T00:00:00Z&to=2026-02-01T09:00:00%2B09:00";
    const query = new URLSearchParams({ status: "completed", category: "유리병" });
    expect((await get(`scan?${query}&${times}`)).status).toBe(200);
    const [from, to] = [new Date("2026-01-01T00:00:00Z"), new Date("2026-02-01T00:00:00Z")];
    const filter = { before: undefined, status: "completed", category: "유리병", from, to };
    expect(pages).toEqual([["u", filter, 21]]);
  });

  test.each([
    ["cursor=1", "INVALID_CURSOR"],
    ["cursor=", "INVALID_CURSOR"],
    ["limit=0", "VALIDATION_FAILED"],
    ["limit=101", "VALIDATION_FAILED"],
    ["limit=-1", "VALIDATION_FAILED"],
    ["limit=1e2", "VALIDATION_FAILED"],
    ["limit=", "VALIDATION_FAILED"],
    ["status=running", "VALIDATION_FAILED"],
    ["category=glass", "VALIDATION_FAILED"],
    ["from=yesterday", "VALIDATION_FAILED"],
    ["to=2026-13-01T00:00:00Z", "VALIDATION_FAILED"],
    ["to=2026-01-01T99:00:00Z", "VALIDATION_FAILED"],
  ])("?%s is refused as %s", async (query, code) => {
    const { get, pages } = given();
    expect(await problemOf(await get(`scan?${query}`))).toEqual([400, code]);
    expect(pages).toEqual([]);
  });
});
