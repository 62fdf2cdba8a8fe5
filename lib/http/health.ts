import { Hono } from "hono";
import { version } from "#lib/config/version.ts";
import { withDeadline } from "#lib/process/with-deadline.ts";
import type { App, AppEnv } from "./create-app.ts";
import { headLength } from "./head-length.ts";
import { noRoute } from "./no-route.ts";

/**
 * Resolves when a dependency is usable; resolves with false, rejects or misses the deadline when
 * not.
 */
export type ReadinessCheck = () => Promise<unknown> | unknown;

const checkDeadlineDefaultMs = 2_000;

/**
 * Health endpoints. `/health` and `/livez` touch no dependency: a slow
 * broker must not get a busy process killed. `/readyz` is 200 only when every check passes and the
 * process is not stopping.
 */
export function createHealthApp(
  checks: Readonly<Record<string, ReadinessCheck>>,
  isStopping: () => boolean,
  { checkDeadlineMs = checkDeadlineDefaultMs } = {},
): App {
  const app = new Hono<AppEnv>();
  app.notFound(noRoute(app));
  app.use(headLength());
  app.get("/health", (c) => c.json({ status: "ok" }));
  app.get("/livez", (c) => c.json({ status: "ok" }));
  app.get("/readyz", async (c) => {
    const entries = await Promise.all(
      Object.entries(checks).map(
        async ([name, check]) => [name, await passes(check, checkDeadlineMs)] as const,
      ),
    );
    const ready = !isStopping() && entries.every(([, ok]) => ok);
    const status = isStopping() ? "draining" : ready ? "ready" : "unready";
    return c.json({ status, version, checks: Object.fromEntries(entries) }, ready ? 200 : 503);
  });
  return app;
}

async function passes(check: ReadinessCheck, deadlineMs: number): Promise<boolean> {
  const outcome = withDeadline(deadlineMs, Promise.resolve().then(check));
  return outcome.then(
    (value) => value !== false,
    () => false,
  );
}
