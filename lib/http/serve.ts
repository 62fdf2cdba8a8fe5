import type { Server } from "bun";
import { Fault } from "#lib/error/fault.ts";
import { BootError, type ProcessScope } from "#lib/process/run-process.ts";
import { withDeadline } from "#lib/process/with-deadline.ts";
import { problem } from "./problem.ts";

type Fetch = (
  request: Request,
  env: { server: Server<undefined>; timeout: Server<undefined>["timeout"] },
) => Response | Promise<Response>;

/** Above every app's own limit, so that an app answers with a problem document before Bun cuts off. */
const requestBodyBytesMax = 128 * 1024 * 1024;
/** A quiet request; event streams lift it for themselves with `c.env.timeout(c.req.raw, 0)`. */
const idleTimeoutS = 60;

/**
 * Serves `fetch` until the scope stops. At stop new connections are refused at once, requests in
 * flight may finish within `drainMs`, whatever is left is cut.
 */
export function serve(
  scope: ProcessScope,
  fetch: Fetch,
  { port, hostname, drainMs = 5_000 }: { port: number; hostname: string; drainMs?: number },
): Server<undefined> {
  const server = listen(fetch, port, hostname);
  scope.onStop("http", async () => {
    // `stop()` alone waits for ever while one event stream is open.
    await withDeadline(drainMs, server.stop()).catch(() => undefined);
    await server.stop(true);
  });
  return server;
}

function listen(fetch: Fetch, port: number, hostname: string): Server<undefined> {
  try {
    const server: Server<undefined> = Bun.serve({
      port,
      hostname,
      idleTimeout: idleTimeoutS,
      maxRequestBodySize: requestBodyBytesMax,
      // Bun's own page for an error shows its stack. Not by `development: false`, which on Bun 1.4
      // lets a second server take the same port silently.
      error: (error) => problem(Fault.from(error)),
      // RFC 9112, 3.2: with a `Host` that is none, Bun's address is none, and every reader finds another path
      // in it. So the path that is authenticated could differ from the one that is served.
      fetch: (request) =>
        URL.canParse(request.url) ? fetch(request, env) : problem(new Fault("VALIDATION_FAILED")),
    });
    // One for all requests: an event stream keeps it for as long as it is open.
    const env = { server, timeout: server.timeout.bind(server) };
    return server;
  } catch (cause) {
    throw new BootError(`PORT: cannot listen on ${hostname}:${port}`, { cause });
  }
}
