import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate } from "#lib/db/migrate.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import type { Caller } from "#lib/token/authenticate.ts";
import { proofHeader, signProof } from "#lib/token/internal-proof.ts";
import { type AppProcess, startApp } from "../harness/app-process.ts";
import { operationsOf } from "../k8s/operations.ts";
import { argsOf, SERVICE_NAMES, type ServiceName } from "../k8s/processes.ts";
import { renderOpenApi } from "../openapi.ts";
import { type Harness, startHarness } from "./harness.ts";
import {
  admin,
  keySet,
  requestOf,
  rules,
  send,
  tokenOf,
  walkRoutes,
  walkSettings,
} from "./route-walk.ts";

describe("of edge,", () => {
  let eco2: Harness;
  beforeAll(async () => {
    eco2 = await startHarness(walkSettings);
  }, 60_000);
  afterAll(() => eco2?.stop());
  walkRoutes("", () => eco2.origin);

  test("the document that is served is the one its routes give; `bun run docs` renders it", async () => {
    const served = await (await fetch(`${eco2.origin}/api/v1/openapi.json`)).json();
    expect(served).toEqual(JSON.parse(await renderOpenApi()));
  });
});

describe("without AUTH_MODE=dev", () => {
  let eco2: Harness;
  beforeAll(async () => {
    eco2 = await startHarness({
      AUTH_MODE: "oauth",
      AUTH_KEYS: JSON.stringify(keySet),
      PUBLIC_URL: "http://127.0.0.1",
      GOOGLE_CLIENT_ID: "id",
      GOOGLE_CLIENT_SECRET: "secret",
    });
  }, 60_000);
  afterAll(() => eco2?.stop());

  const id = crypto.randomUUID();
  const ids = { job_id: id, chat_job_id: id, chat_id: id, webhook_id: id };
  const made = { ...ids, key: "k", code: "char-walk" };
  const ground = { ...made, image_url: "http://127.0.0.1/api/v1/images/files/k" };

  test.each(rules)("%s trusts no identity header", async (name, rule) => {
    if (rule.for === "everybody") return;
    const headers = { "x-user-id": admin, "x-auth-provider": "google" };
    const { answer } = await send(eco2.origin, requestOf(name, rule, ground), headers);
    expect([name, ...answer]).toEqual([name, 401, "UNAUTHENTICATED"]);
  });

  test("there is no sign-in without a provider", async () => {
    const response = await fetch(`${eco2.origin}/api/v1/auth/dev/authorize`, {
      redirect: "manual",
    });
    expect([response.status, (await response.json()).code]).toEqual([404, "PROVIDER_UNKNOWN"]);
  });

  test("a token of our keys is good", async () => {
    const headers = { authorization: `Bearer ${await tokenOf(`user-${crypto.randomUUID()}`)}` };
    expect((await fetch(`${eco2.origin}/api/v1/users/me`, { headers })).status).toBe(200);
  });
});

/** In production, with no proxy before them: as whoever is inside the network could call them. */
describe("a service that runs alone", () => {
  const services = SERVICE_NAMES.filter((name) => !["gatekeeper", "auth", "web"].includes(name));
  const secret = "0123456789abcdef0123456789abcdef";
  const apps: AppProcess[] = [];
  const folder = mkdtempSync(join(tmpdir(), "eco2-alone-"));
  let gatekeeper: AppProcess;
  /** Origin of the service that has the operation. */
  const origins = new Map<string, string>();

  beforeAll(async () => {
    await migrate(serviceUrls.DATABASE_URL);
    const start = (main: ServiceName, env: Record<string, string> = {}) => {
      const own = { INTERNAL_SECRET: secret, LOG_LEVEL: "error" };
      const production = { NODE_ENV: "production", AUTH_MODE: "oauth", ADMIN_USERS: admin };
      const all = { ...serviceUrls, ...production, IMAGE_DIR: folder, ...own, ...env };
      const app = startApp({ main, args: argsOf(main), env: all });
      apps.push(app);
      return app;
    };
    gatekeeper = start("gatekeeper", { AUTH_KEYS: JSON.stringify(keySet) });
    for (const main of services) {
      const { origin } = start(main);
      for (const { method, path } of operationsOf(main)) {
        origins.set(`${method} ${path.replace(/:(\w+)/g, "{$1}")}`, origin);
      }
    }
    await Promise.all(apps.map((app) => app.ready()));
  }, 60_000);
  afterAll(async () => {
    await Promise.all(apps.map((app) => app.end("SIGTERM", 10_000)));
    rmSync(folder, { recursive: true });
  });

  const id = crypto.randomUUID();
  const ids = { job_id: id, chat_job_id: id, chat_id: id, webhook_id: id };
  const made = { ...ids, key: "k", code: "char-walk" };
  const ground = { ...made, image_url: "http://127.0.0.1/api/v1/images/files/k" };
  const closed = rules.filter(([, rule]) => rule.for !== "everybody");
  const bob: Caller = { userId: admin, provider: "google" };

  test.each(closed)(
    "%s believes no identity without proof of the gatekeeper",
    async (name, rule) => {
      const claim = { "x-user-id": admin, "x-auth-provider": "google" };
      const proofs: Record<string, string>[] = [
        {},
        { [proofHeader]: admin },
        { [proofHeader]: signProof(`${secret}-of-another`, bob) },
        { [proofHeader]: signProof(secret, bob, Date.now() - 60_000) },
      ];
      for (const proof of proofs) {
        const headers = { ...claim, ...proof };
        const request = requestOf(name, rule, ground);
        const { answer } = await send(origins.get(name) ?? "", request, headers);
        expect([name, ...answer]).toEqual([name, 401, "UNAUTHENTICATED"]);
      }
    },
  );

  test("takes a request for the gatekeeper's caller, not for whom the client names", async () => {
    const userId = `user-${crypto.randomUUID()}`;
    const path = "/api/v1/users/me";
    const token = { authorization: `Bearer ${await tokenOf(userId)}` };
    const checked = await fetch(`${gatekeeper.origin}/authz${path}`, { headers: token });
    const proof = checked.headers.get(proofHeader) ?? "";
    const headers = { "x-user-id": admin, [proofHeader]: proof };
    const response = await fetch(`${origins.get(`GET ${path}`)}${path}`, { headers });
    expect([response.status, (await response.json()).id]).toEqual([200, userId]);
  });
});
