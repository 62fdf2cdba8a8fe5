import type { Claim } from "#lib/contract/idempotency.ts";
import { createApp } from "#lib/http/create-app.ts";
import { createLogger } from "#lib/log/logger.ts";
import type { SubmitRequest } from "../scan.ts";
import { createScanRoutes, type ScanRoutesDeps } from "./http.ts";

export const jobId = "019bd000-0000-7000-8000-000000000001";
export const image_url = "https://cdn.example.com/a.jpg";
export const user = { "x-user-id": "u" };
export const submits = { name: "submits", limit: 60, remaining: 59, windowS: 60, resetS: 30 };
export const json = { ...user, "content-type": "application/json" };

/** The scan API over dependencies that accept everything and remember what they were given. */
export function given(overrides: Partial<ScanRoutesDeps> = {}, claim?: Claim) {
  const requests: SubmitRequest[] = [];
  const keys: string[] = [];
  const pages: unknown[][] = [];
  const app = createApp(
    createLogger("test", "error", () => undefined),
    [
      createScanRoutes({
        models: { byDefault: "gpt-5.2", supported: new Set(["gpt-5.2"]) },
        clock: { now: () => 0 },
        newJobId: () => jobId,
        checkImage: async () => undefined,
        idempotency: {
          claim: async (_, key, request, id) => {
            keys.push(key);
            requests.push(request);
            return claim ?? { kind: "claimed", jobId: id };
          },
          confirm: async () => undefined,
          release: async () => undefined,
        },
        emitQueued: async () => async () => true,
        canPublish: () => true,
        checkMemory: async () => undefined,
        countFeedback: async () => ({ own: { ...submits, name: "feedback" }, scope: undefined }),
        saveFeedback: async () => undefined,
        countSubmit: async () => ({ own: submits, scope: undefined }),
        publish: async () => "confirmed",
        cachedResult: async () => undefined,
        state: async () => undefined,
        storedResult: async () => undefined,
        nearby: async () => [],
        requestCancel: async () => true,
        submitted: async () => undefined,
        results: { saveResult: async (_, result) => result },
        events: { emitEnd: async () => undefined },
        finishedScans: async (...page) => {
          pages.push(page);
          return [];
        },
        ...overrides,
      }),
    ],
  );
  const get = (path: string, headers: HeadersInit = user) =>
    app.request(`/api/v1/${path}`, { headers });
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    app.request("/api/v1/scan", {
      method: "POST",
      headers: { ...json, "x-idempotency-key": "k", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  return { app, get, post, requests, keys, pages };
}

/** Status and code of a problem document. */
export async function problemOf(response: Response): Promise<[number, string]> {
  const type = response.headers.get("content-type");
  if (!type?.includes("application/problem+json")) throw new Error(`no problem document: ${type}`);
  return [response.status, (await response.json()).code];
}
