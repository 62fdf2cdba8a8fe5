import { describe, expect, test } from "bun:test";
import { version } from "#lib/config/version.ts";
import { createHealthApp } from "./health.ts";

const never = () => new Promise(() => undefined);

describe("liveness", () => {
  test.each(["/livez", "/health"])(
    "%s touches no dependency, not even while stopping",
    async (path) => {
      let touched = 0;
      const app = createHealthApp({ broker: () => touched++ }, () => true);
      const response = await app.request(path);
      expect([response.status, await response.json()]).toEqual([200, { status: "ok" }]);
      expect(touched).toBe(0);
    },
  );
});

describe("readiness", () => {
  const ready = async (...given: Parameters<typeof createHealthApp>) => {
    const response = await createHealthApp(...given).request("/readyz");
    return { code: response.status, ...(await response.json()) };
  };

  test("is given when every check passes", async () => {
    const checks = {
      sync: () => true,
      async: () => Promise.resolve("PONG"),
      nothing: () => undefined,
    };
    expect(await ready(checks, () => false)).toEqual({
      code: 200,
      status: "ready",
      version,
      checks: { sync: true, async: true, nothing: true },
    });
  });

  test.each([
    ["is false", () => false],
    ["resolves false", () => Promise.resolve(false)],
    ["throws", () => fail()],
    ["rejects", () => Promise.reject(new Error("secret at 10.0.0.7"))],
  ])(
    "is refused when one check %s; the others are still listed, its reason is not",
    async (_, check) => {
      const response = await ready({ postgres: () => true, broker: check }, () => false);
      expect(response).toEqual({
        code: 503,
        status: "unready",
        version,
        checks: { postgres: true, broker: false },
      });
    },
  );

  test("is refused within its deadline when a check hangs, however many do", async () => {
    const startedAt = performance.now();
    const checks = { a: never, b: never, c: () => true };
    const response = await ready(checks, () => false, { checkDeadlineMs: 40 });
    expect(response).toMatchObject({ code: 503, checks: { a: false, b: false, c: true } });
    expect(performance.now() - startedAt).toBeWithin(30, 1_000);
  });

  test("survives a check that fails after its deadline", async () => {
    const { promise, reject } = Promise.withResolvers();
    const response = await ready({ late: () => promise }, () => false, { checkDeadlineMs: 1 });
    expect(response).toMatchObject({ code: 503 });
    // An unhandled rejection would end the process, and this test with it.
    reject(new Error("late"));
    await promise.catch(() => undefined);
  });

  test("is withdrawn while the process stops, though every check passes", async () => {
    expect(await ready({ postgres: () => true }, () => true)).toEqual({
      code: 503,
      status: "draining",
      version,
      checks: { postgres: true },
    });
  });
});

test("a probe may ask with HEAD or OPTIONS, and learns what a path can do", async () => {
  const app = createHealthApp({}, () => false);
  const ask = async (method: string, path: string) => {
    const { status, headers } = await app.request(path, { method });
    return [status, headers.get("content-length"), headers.get("allow")];
  };
  expect(await ask("HEAD", "/livez")).toEqual([200, String('{"status":"ok"}'.length), null]);
  expect(await ask("OPTIONS", "/readyz")).toEqual([204, null, "GET, HEAD, OPTIONS"]);
  expect(await ask("POST", "/readyz")).toEqual([405, null, "GET, HEAD, OPTIONS"]);
  expect((await ask("GET", "/nothing"))[0]).toBe(404);
});

function fail(): never {
  throw new Error("broken");
}
