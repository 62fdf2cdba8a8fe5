import { describe, expect, test } from "bun:test";
import { DrizzleQueryError } from "drizzle-orm";
import { Hono } from "hono";
import { Fault } from "#lib/error/fault.ts";
import { FAULTS, type FaultCode, type FaultKind } from "#lib/error/fault-table.ts";
import { createLogger } from "#lib/log/logger.ts";
import { type AppEnv, createApp } from "./create-app.ts";
import { problem } from "./problem.ts";
import { requireUser } from "./require-user.ts";

const isCode = (code: string): code is FaultCode => code in FAULTS;
const table = Object.keys(FAULTS)
  .filter(isCode)
  .map((code): [FaultCode, FaultKind] => [code, FAULTS[code]]);

/** An app whose only route throws. */
function failingApp(thrown: unknown) {
  const lines: string[] = [];
  const routes = new Hono<AppEnv>();
  routes.get("/fail/:id", requireUser(), () => {
    throw thrown;
  });
  const app = createApp(
    createLogger("test", "info", (line) => lines.push(line)),
    [routes],
  );
  const headers = { "x-user-id": "user-1" };
  return { lines, fail: async () => app.request("/fail/7?token=abc", { headers }) };
}

describe("a fault that reaches the client", () => {
  test.each(table)(
    "%s is a problem document of its own status",
    async (code, { status, title, detail }) => {
      const { fail } = failingApp(new Fault(code, { cause: new Error("inside") }));
      const response = await fail();
      expect(response.status).toBe(status);
      expect(response.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
      const instance = expect.stringMatching(/^urn:trace:[0-9a-f]{32}$/);
      const document = { type: `/api/v1/docs/${code}`, title, status, code, detail, instance };
      expect(await response.json()).toEqual(document);
    },
  );

  test("shows its public members, which cannot replace the document's own", async () => {
    const extra = { supported: ["a"], status: 200, code: "FINE" };
    const response = problem(new Fault("UNSUPPORTED_MODEL", { extra, detail: "없어요." }));
    expect(await response.json()).toMatchObject({
      supported: ["a"],
      status: 400,
      code: "UNSUPPORTED_MODEL",
      detail: "없어요.",
    });
  });

  test("has Retry-After in whole seconds, rounded up", () => {
    const after = (fault: Fault) => problem(fault).headers.get("retry-after");
    expect(after(new Fault("UNAVAILABLE"))).toBe("2");
    expect(after(new Fault("UNAVAILABLE", { retryAfterMs: 1_200 }))).toBe("2");
    expect(after(new Fault("IDEMPOTENCY_IN_FLIGHT", { retryAfterMs: 1_000 }))).toBe("1");
    expect(after(new Fault("JOB_NOT_FOUND"))).toBeNull();
  });

  test("has WWW-Authenticate with 401", () => {
    expect(problem(new Fault("UNAUTHENTICATED")).headers.get("www-authenticate")).toBe("Bearer");
    expect(problem(new Fault("NOT_FOUND")).headers.get("www-authenticate")).toBeNull();
  });

  test("has the security headers of every response", async () => {
    const { fail } = failingApp(new Fault("JOB_NOT_FOUND"));
    const response = await fail();
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("x-frame-options")).toBe("SAMEORIGIN");
  });
});

describe("any other error", () => {
  const inside = "relation scan.scans does not exist at 10.0.0.7";
  test.each([
    ["an Error", new Error(inside, { cause: new Error(inside) })],
    ["a driver's error", Object.assign(new Error(inside), { code: "42P01", status: 404 })],
    ["a fault's cause", new Fault("INTERNAL", { cause: new Error(inside) })],
  ])("%s is INTERNAL, repeats nothing to the client and is logged in full", async (_, thrown) => {
    const { fail, lines } = failingApp(thrown);
    const response = await fail();
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(JSON.parse(text)).toMatchObject({ code: "INTERNAL" });
    for (const hidden of ["10.0.0.7", "scan.scans", "42P01", ".ts:", "at "]) {
      expect(text + JSON.stringify([...response.headers])).not.toContain(hidden);
    }
    const [entry] = lines.map((line) => JSON.parse(line));
    expect(JSON.stringify(entry.error)).toContain(inside);
    expect(entry).toMatchObject({
      level: "error",
      method: "GET",
      path: "/fail/7",
      user_id: "user-1",
      trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  test.each(table.filter(([, { status, onMessage }]) => status >= 500 && onMessage !== "bug"))(
    "%s, which needs nobody, is one short warning without user, values or stack",
    async (code) => {
      const cause = new DrizzleQueryError("select $1", ["nickname-1"], new Error("ECONNRESET"));
      const { fail, lines } = failingApp(new Fault(code, { cause }));
      await fail();
      const [line = "", ...others] = lines;
      expect(others).toEqual([]);
      expect(JSON.parse(line)).toMatchObject({
        level: "warn",
        message: "request refused",
        error: { code, reason: "ECONNRESET" },
        trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      });
      for (const hidden of ["nickname-1", "user-1", ".ts:"]) expect(line).not.toContain(hidden);
      expect(line.length).toBeLessThan(400);
    },
  );

  test("a 4xx fault is not logged as an error", async () => {
    const { fail, lines } = failingApp(new Fault("JOB_NOT_FOUND"));
    await fail();
    expect(lines).toEqual([]);
  });
});
