import type { Server } from "bun";
import { Fault } from "#lib/error/fault.ts";
import { BootError, type ProcessScope } from "#lib/process/run-process.ts";
import { withDeadline } from "#lib/process/with-deadline.ts";
import type { ServerBindings } from "./create-app.ts";
import { problem } from "./problem.ts";

type Fetch = (request: Request, env: Required<ServerBindings>) => Response | Promise<Response>;

/**
 * Above every app's own limit, so that the app responds with a problem document before Bun cuts
 * off.
 */
const requestBodyBytesMax = 128 * 1024 * 1024;
/** Event streams lift it for their own request with `c.env.timeout(c.req.raw, 0)`. */
const idleTimeoutS = 60;

/**
 * Serves `fetch` until the scope stops. At stop, new connections are refused at once, requests in
 * flight may finish within `drainMs`, and connections still open after that are closed.
 */
export function serve(
  scope: ProcessScope,
  fetch: Fetch,
  {
    port,
    hostname,
    portVariable = "PORT",
    drainMs = 5_000,
  }: { port: number; hostname: string; portVariable?: string; drainMs?: number },
): Server<undefined> {
  const server = listen(fetch, { port, hostname, portVariable });
  scope.onStop("http", async () => {
    // `stop()` alone waits forever while one event stream is open.
    await withDeadline(drainMs, server.stop()).catch(() => undefined);
    await server.stop(true);
  });
  return server;
}

/** @throws BootError naming the variable that is wrong: the port's, or `HOST`. */
function listen(
  fetch: Fetch,
  { port, hostname, portVariable }: { port: number; hostname: string; portVariable: string },
): Server<undefined> {
  try {
    const server: Server<undefined> = Bun.serve({
      port,
      hostname,
      idleTimeout: idleTimeoutS,
      maxRequestBodySize: requestBodyBytesMax,
      // Bun's own error page shows the stack. `development: false` is no way out: on Bun 1.4 it
      // lets a second server take the same port silently.
      error: (error) => problem(Fault.from(error)),
      // RFC 9112, 3.2: an invalid `Host` makes `request.url` invalid, and readers of it would find
      // different paths in it: the path that is authenticated could differ from the one that is
      // served.
      fetch: (request) =>
        URL.canParse(request.url) ? fetch(request, env) : problem(new Fault("VALIDATION_FAILED")),
    });
    // One object for all requests: an event stream holds it for as long as it is open.
    const env = { server, timeout: server.timeout.bind(server) };
    return server;
  } catch (cause) {
    // Bun reports a host name without an address as a port that is taken.
    const variable = canListen(hostname) ? portVariable : "HOST";
    throw new BootError(`${variable}: cannot listen on ${hostname}:${port}`, { cause });
  }
}

/** On any port at all. */
function canListen(hostname: string): boolean {
  try {
    Bun.listen({ hostname, port: 0, socket: { data: () => undefined } }).stop(true);
    return true;
  } catch {
    return false;
  }
}
