import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate } from "#lib/db/migrate.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { type AppProcess, startApp } from "../harness/app-process.ts";
import { localDefaults } from "../harness/stack.ts";
import { choosePort } from "../services/port.ts";

describe("a gatekeeper process", () => {
  const folder = mkdtempSync(join(tmpdir(), "eco2-gatekeeper-"));
  const port = choosePort([]);
  let app: AppProcess;
  beforeAll(async () => {
    await migrate(serviceUrls.DATABASE_URL);
    const env = { ...localDefaults, ...serviceUrls, LOG_LEVEL: "warn" };
    const logFile = join(folder, "gatekeeper.log");
    app = startApp({ main: "gatekeeper", env, port, logFile });
    await app.ready();
  }, 30_000);
  afterAll(async () => {
    await app?.end("SIGTERM", 10_000);
    rmSync(folder, { recursive: true });
  });

  /** Sends the path unchanged: `fetch` would normalise it. */
  const ask = (path: string) =>
    new Promise<{ status: number | undefined; removed: unknown }>((resolve, reject) => {
      const sent = request({ host: "127.0.0.1", port, path }, (response) => {
        response.resume();
        const removed = response.headers["x-envoy-auth-headers-to-remove"];
        resolve({ status: response.statusCode, removed });
      });
      sent.on("error", reject).end();
    });

  test.each(["/health", "/authz/../health", "/authz/..//health", "/authz/%2e%2e/health", "/authz"])(
    "trusts no identity header at %s",
    async (path) => {
      const { status, removed } = await ask(path);
      const outcome = status === 200 ? removed : "refused";
      expect(outcome).toBeOneOf(["refused", "x-user-id,x-auth-provider"]);
    },
  );

  test("is ready once it has read the revocations, and requires a token for unknown paths", async () => {
    expect((await ask("/readyz")).status).toBe(200);
    expect((await ask("/authz/nowhere")).status).toBe(401);
  });
});
